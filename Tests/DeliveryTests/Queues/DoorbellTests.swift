import Delivery
import Synchronization
import Testing

@Suite(.serialized) struct DoorbellTests {
  @Test func oneNotificationWakesOneSleeper() {
    let doorbell = Doorbell()
    #expect(doorbell.park())
    #expect(doorbell.notify(), "the first one after parking has to wake")
    #expect(!doorbell.notify() && !doorbell.notify(), "the others have not")
    #expect(!doorbell.park(), "there was a notification since")
    #expect(doorbell.park(), "and none since that")
  }

  @Test func aNotificationBeforeParkingIsNotLost() {
    let doorbell = Doorbell()
    #expect(!doorbell.notify(), "nobody sleeps")
    #expect(!doorbell.park())
    #expect(doorbell.park())
  }

  @Test func unparkingSaysWhetherAWakeUpIsOnItsWay() {
    let doorbell = Doorbell()
    #expect(doorbell.park() && !doorbell.unpark())
    #expect(!doorbell.notify(), "it is awake")
    #expect(!doorbell.park())
    #expect(doorbell.park() && doorbell.notify() && doorbell.unpark())
    #expect(doorbell.park(), "unparking has dealt with the notification")
  }

  @Test("No wake-up is lost, and none comes twice", arguments: [1, 2, 4])
  func stress(producers: Int) {
    let queue = MPSCQueue<Int>(capacity: 16)
    let doorbell = Doorbell()
    let tokens = SleepTokens()
    let each = 6_000 / producers
    let woken = Atomic<Int>(0)
    let slept = Atomic<Int>(0)
    let produce: @Sendable () -> Void = {
      func notify() {
        if doorbell.notify() {
          woken.add(1, ordering: .relaxed)
          tokens.put()
        }
      }
      for number in 0..<each {
        while !queue.push(number).isPushed {
          // Before waiting, too: what the others have announced may have been hidden behind a push of this thread.
          notify()
          yieldThread()
        }
        if number % 3 == 0 || number == each - 1 { notify() }
      }
    }
    // If a wake-up were lost, the consumer would sleep for ever, and the test with it.
    concurrently(
      Array(repeating: produce, count: producers) + [
        {
          var consumer = queue.makeConsumer()
          var received = 0
          while received < each * producers {
            received += consumer.drain { _ in }
            if received < each * producers, doorbell.park() {
              slept.add(1, ordering: .relaxed)
              tokens.take()
            }
          }
        }
      ])
    #expect(woken.load(ordering: .relaxed) == slept.load(ordering: .relaxed), "as many wake-ups as sleeps")
    #expect(tokens.most <= 1 && !tokens.takeIfThere())
    #expect(queue.isEmpty)
  }

  @Test("A consumer that wakes by itself eats the token that is on its way")
  func deadlines() {
    let queue = MPSCQueue<Int>(capacity: 16)
    let doorbell = Doorbell()
    let tokens = SleepTokens()
    let count = 4_000
    let eaten = Atomic<Int>(0)
    concurrently([
      {
        for number in 0..<count {
          while !queue.push(number).isPushed { yieldThread() }
          if doorbell.notify() { tokens.put() }
        }
      },
      {
        var consumer = queue.makeConsumer()
        var received = 0
        while received < count {
          received += consumer.drain { _ in }
          guard doorbell.park() else { continue }
          // A deadline that has passed: it sleeps not at all.
          if doorbell.unpark() {
            tokens.take()
            eaten.add(1, ordering: .relaxed)
          }
        }
      },
    ])
    #expect(tokens.most <= 1 && !tokens.takeIfThere(), "no token is left to wake a later sleep for nothing")
    #expect(queue.isEmpty)
  }
}
