extension HubLoop {
  /// Takes a connection in, which can then subscribe.
  ///
  /// - Parameters:
  ///   - peer: what the caller's closures will be lent: the socket, or what stands for it.
  ///   - policy: how long it is waited for when it takes nothing.
  /// - Complexity: O(1)
  public mutating func connect(
    _ peer: consuming Connection, _ policy: HubPolicy = .lag
  ) throws(HubRefusal) -> HubConnection {
    guard connections.records.count < hub.configuration.connectionLimit else { throw .tooManyConnections }
    return connections.insert(peer, policy)
  }

  /// Ends a connection and all its subscriptions, each with its account. Returns what `connect` was given, or nil if the
  /// connection has ended before.
  ///
  /// - Complexity: O(*subscriptions of the connection*)
  @discardableResult
  public mutating func disconnect(
    _ connection: HubConnection, _ ended: (HubSubscription, HubAccount) -> Void = { _, _ in }
  ) -> Connection? {
    guard let slot = connections.slot(of: connection) else { return nil }
    while let (subscription, account) = endFirst(of: slot) { ended(subscription, account) }
    return forget(slot)
  }

  /// The connection can take more: what it has missed comes with the next drain. Until then its time runs on.
  ///
  /// - Complexity: O(1)
  public mutating func resume(_ connection: HubConnection) {
    guard let slot = connections.slot(of: connection), connections.records[slot].state == .blocked else { return }
    connections.records[slot].state = .ready
    wait(slot)
  }

  /// Whether the connection has answered that it takes nothing more, and was not resumed.
  ///
  /// - Complexity: O(1)
  public func isBlocked(_ connection: HubConnection) -> Bool {
    connections.slot(of: connection).map { connections.records[$0].state == .blocked } ?? false
  }

  // MARK: - Steps

  /// Has the connection given what it has missed.
  @usableFromInline
  mutating func wait(_ slot: UInt32) {
    guard !connections.records[slot].isWaiting else { return }
    connections.records[slot].isWaiting = true
    waiting.append(HubConnection(slot: slot, generation: connections.records[slot].generation))
  }

  /// Forgets a connection without subscriptions.
  @usableFromInline
  mutating func forget(_ slot: UInt32) -> Connection {
    timers.cancel(connections.records[slot].timer)
    return connections.remove(slot)
  }

  /// Ends one of the connection's subscriptions; nil if it has none.
  @usableFromInline
  mutating func endFirst(of slot: UInt32) -> (HubSubscription, HubAccount)? {
    let first = connections.records[slot].subscriptions.first
    guard first != Chain.none else { return nil }
    return (HubSubscription(slot: first, generation: subscriptions[first].generation), close(first))
  }
}
