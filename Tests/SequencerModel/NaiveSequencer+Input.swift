/// What a sender says: messages, tips, voids.
extension NaiveSequencer {
  /// What a call would find if it were accepted: the stream itself, or the fresh one of a new epoch or a new stream.
  private func view(_ key: UInt64, epoch: Int64, firstSeen: UInt64?) -> Result<NaiveStream, Refusal> {
    if let stream = streams[key] {
      if epoch < stream.epoch { return .failure(Refusal(.staleEpoch)) }
      return .success(epoch == stream.epoch ? stream : NaiveStream(epoch: epoch))
    }
    switch configuration.start {
    case .one: return .success(NaiveStream(epoch: epoch))
    case .reject: return .failure(Refusal(.unknownStream))
    case .firstSeen:
      guard let first = firstSeen else { return .failure(Refusal(.unknownStream)) }
      var stream = NaiveStream(epoch: epoch, next: first)
      stream.ranges = first > 1 ? [Run(1, first - 1)] : []
      return .success(stream)
    }
  }

  /// Makes the view real: ends the old epoch, or opens the stream.
  private mutating func enter(_ key: UInt64, epoch: Int64, firstSeen: UInt64?) {
    if let stream = streams[key] {
      if epoch > stream.epoch { begin(key, epoch: epoch) }
    } else if case .success(let stream) = view(key, epoch: epoch, firstSeen: firstSeen) {
      streams[key] = stream
    }
    streams[key]!.isTouched = true
  }

  private func hasRoom(for key: UInt64) -> Bool {
    streams[key] != nil || streams.count < configuration.streamLimit
  }

  /// Whether a stream may hold `count` numbers ahead, beside what the others hold.
  private func hasRoom(for key: UInt64, holding count: Int) -> Bool {
    var total = count
    for (other, stream) in streams where other != key { total += stream.heldCount }
    return total <= configuration.bufferedLimit
  }

  /// A clock that starts now, if the stream has clocks at all.
  mutating func newClock(of key: UInt64) -> NaiveStream.Clock? {
    if streams[key]!.isSuspended { return nil }
    clocksStarted += 1
    return NaiveStream.Clock(start: reading, order: clocksStarted)
  }

  mutating func receive(
    _ payload: UInt64, number: UInt64, epoch: Int64, base: UInt64?, from key: UInt64
  ) -> Outcome {
    guard 1...lastNumber ~= number, 1...number ~= base ?? 1 else { return .rejected(.invalidNumber) }
    let firstSeen = base ?? number
    if let rejection = refusal(of: number, epoch: epoch, base: base ?? 1, from: key, firstSeen: firstSeen) {
      return .rejected(rejection)
    }
    enter(key, epoch: epoch, firstSeen: firstSeen)
    if let base, base > streams[key]!.next {
      streams[key]!.emit(skippingThrough: base - 1, as: .void, of: key, into: &events)
      trimLedger(of: key)
    }
    let outcome = place(payload, number: number, of: key)
    trimLedger(of: key)
    return outcome
  }

  /// Why a message cannot be taken, judged by how the stream would stand once its epoch and its base have been heeded.
  private func refusal(
    of number: UInt64, epoch: Int64, base: UInt64, from key: UInt64, firstSeen: UInt64
  ) -> Rejection? {
    switch view(key, epoch: epoch, firstSeen: firstSeen) {
    case .failure(let refusal): return refusal.reason
    case .success(let stream):
      let next = stream.next(after: base)
      if number >= next && number - next >= configuration.window { return .beyondWindow }
      if !hasRoom(for: key) { return .tooManyStreams }
      if number <= next || stream.holdsMessage(number) { return nil }
      var count = stream.heldCount
      if next > stream.next {
        count = stream.held.keys.count { $0 >= next } + stream.tips.count { $0 >= next }
      }
      // It takes the place of a void or of a tip of the same number.
      if stream.held[number] == nil && !stream.tips.contains(number) { count += 1 }
      return hasRoom(for: key, holding: count) ? nil : .overCapacity
    }
  }

  private mutating func place(_ payload: UInt64, number: UInt64, of key: UInt64) -> Outcome {
    // Single values, not a copy of the stream, which would cost one of its dictionary.
    let next = streams[key]!.next
    if number < next {
      if number <= streams[key]!.floor { return .stale }
      guard streams[key]!.takeFromLedger(number) else { return .duplicateEmitted }
      events.append(.late(stream: key, epoch: streams[key]!.epoch, number: number, payload: payload))
      return .late
    }
    if streams[key]!.holdsMessage(number) { return .duplicateBuffered }
    let clock = number > streams[key]!.horizon ? newClock(of: key) : nil
    streams[key]!.hold(.message(payload), at: number, clock: clock)
    guard number == next else { return .buffered }
    streams[key]!.emit(as: .void, of: key, into: &events)
    return .delivered
  }

  mutating func noteTip(_ number: UInt64, epoch: Int64, of key: UInt64) -> Outcome {
    guard 1...lastNumber ~= number else { return .rejected(.invalidNumber) }
    let stream: NaiveStream
    switch view(key, epoch: epoch, firstSeen: nil) {
    case .failure(let refusal): return .rejected(refusal.reason)
    case .success(let view): stream = view
    }
    let tip = min(number, stream.next - 1 + configuration.window)
    guard hasRoom(for: key) else { return .rejected(.tooManyStreams) }
    if tip >= stream.horizon && !hasRoom(for: key, holding: stream.heldCount + 1) { return .rejected(.overCapacity) }
    enter(key, epoch: epoch, firstSeen: nil)
    guard tip >= stream.horizon else { return .known }
    streams[key]!.openGap(through: tip, clock: newClock(of: key))
    streams[key]!.tips.insert(tip)
    return tip < number ? .clamped : .noted
  }

  mutating func void(_ run: Run, epoch: Int64, of key: UInt64) -> Outcome {
    guard run.first >= 1, run.first <= run.last, run.last <= lastNumber else { return .rejected(.invalidNumber) }
    let stream: NaiveStream
    switch view(key, epoch: epoch, firstSeen: nil) {
    case .failure(let refusal): return .rejected(refusal.reason)
    case .success(let view): stream = view
    }
    let isAhead = run.first > stream.next
    if isAhead && run.last - stream.next >= configuration.window { return .rejected(.beyondWindow) }
    guard hasRoom(for: key) else { return .rejected(.tooManyStreams) }
    let fresh = isAhead ? (run.first...run.last).filter { stream.held[$0] == nil } : []
    let count = stream.heldCount + fresh.count { !stream.tips.contains($0) }
    if !fresh.isEmpty && !hasRoom(for: key, holding: count) { return .rejected(.overCapacity) }
    enter(key, epoch: epoch, firstSeen: nil)
    if isAhead {
      let clock = run.first > stream.horizon ? newClock(of: key) : nil
      for number in fresh { streams[key]!.hold(.void, at: number, clock: clock) }
      return fresh.isEmpty ? .known : .voided
    }
    guard run.last >= stream.next else { return .known }
    streams[key]!.emit(skippingThrough: run.last, as: .void, of: key, into: &events)
    trimLedger(of: key)
    return .voided
  }
}

/// `Result` wants an error.
private struct Refusal: Error {
  let reason: Rejection

  init(_ reason: Rejection) { self.reason = reason }
}
