internal import Delivery

extension ScaleScenarios {
  static var timers: [Scenario] {
    powersOfTen(3...7).map { count in
      Scenario(
        "scale/timers/\(count)", unit: "ns/timer", "schedule so many; cancel nine in ten; the others expire",
        isOnRequest: true
      ) { context in
        let input = TimerInput(count: pieces(count, context.plan))
        // Few of them are over before a clock can tell.
        let cycles = max(1, context.plan.operations(1_000_000) / input.deadlines.count)
        return {
          var wheel = TimerScenarios.emptyWheel(input)
          let bytes = bytes(perPieceOf: input.deadlines.count) { TimerScenarios.use(&wheel, input) }
          var mean = TimerCycle()
          for cycle in 0..<cycles {
            // A wheel of its own, since time has passed for the last one.
            if cycle > 0 { wheel = TimerScenarios.warmWheel(input) }
            mean.add(TimerScenarios.cycle(&wheel, input), of: cycles)
          }
          var sample = Sample(mean, \.schedule)
          sample.further = [
            Figure(name: "cancel", unit: "ns/timer", value: mean.cancel),
            Figure(name: "expire", unit: "ns/timer", value: mean.expire),
          ]
          sample.further += bytes
          return sample
        }
      }
    }
  }
}
