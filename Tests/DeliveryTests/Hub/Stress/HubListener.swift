import Delivery
import Foundation
import Sequencer

/// A thread's connections and their books: what each subscription was given is counted here, and held against its account
/// when it ends.
final class HubListener {
  struct Books {
    let topic: HubTopic<CountedMessage>
    var start: UInt64
    var next: UInt64
    var delivered: UInt64 = 0
    var lagged: UInt64 = 0
  }

  private(set) var loop: HubLoop<CountedMessage, Int>?
  private(set) var connections: [HubConnection] = []
  private(set) var books: [HubSubscription: Books] = [:]
  /// Subscriptions whose account was right, those that stayed to the end of their topic among them.
  private(set) var accounts = 0
  private(set) var complete = 0
  private(set) var delivered: UInt64 = 0
  private(set) var lagged: UInt64 = 0
  private(set) var faults: [String] = []
  private let hub: Hub<CountedMessage>
  private var names = 0

  init(_ hub: Hub<CountedMessage>) {
    self.hub = hub
    loop = hub.makeLoop()
  }

  var index: Int { loop?.index ?? 0 }
  var blocked: [HubConnection] { connections.filter { loop?.isBlocked($0) ?? false } }

  func fault(_ text: String) { if faults.count < 5 { faults.append(text) } }

  // MARK: - Coming and going

  @discardableResult
  func connect(_ policy: HubPolicy = .lag) -> HubConnection? {
    names += 1
    guard let connection = try? loop?.connect(names, policy) else { return nil }
    connections.append(connection)
    return connection
  }

  @discardableResult
  func subscribe(_ connection: HubConnection, to topic: HubTopic<CountedMessage>, back: UInt64? = nil)
    -> HubSubscription?
  {
    let head = topic.head
    let token = back.map { Position(epoch: head.epoch, number: head.number - min(head.number, $0)) }
    guard let (subscription, start) = try? loop?.subscribe(connection, to: topic, from: token),
      let account = loop?.account(of: subscription)
    else { return nil }
    if case .ahead = start { fault("the head went back") }
    if let token, account.start != token.number { fault("it starts at \(account.start), not \(token.number)") }
    books[subscription] = Books(
      topic: topic, start: account.start, next: account.position.number + 1, lagged: account.lagged)
    return subscription
  }

  func unsubscribe(_ subscription: HubSubscription) {
    guard let account = loop?.unsubscribe(subscription) else { return fault("a subscription has gone") }
    close(subscription, account)
  }

  func disconnect(_ connection: HubConnection) {
    guard loop?.disconnect(connection, { [self] in close($0, $1) }) != nil else {
      return fault("a connection has gone")
    }
    connections.removeAll { $0 == connection }
  }

  func resume(_ connection: HubConnection) { loop?.resume(connection) }

  /// The loop ends, another one takes its place, and as many as said go on where they were.
  func replaceLoop(keeping kept: Int) {
    var positions: [(HubTopic<CountedMessage>, Position)] = []
    loop.take()?.end { [self] _, subscription, account in
      if let books = books[subscription] { positions.append((books.topic, account.position)) }
      close(subscription, account)
    }
    if !books.isEmpty { fault("subscriptions without an account") }
    connections = []
    loop = hub.makeLoop()
    for (topic, position) in positions.prefix(kept) {
      guard let connection = connect() else { continue }
      subscribe(connection, to: topic, back: topic.head.number - min(topic.head.number, position.number))
    }
  }

  // MARK: - Listening

  @discardableResult
  func drain(at now: Instant, _ answer: (Int) -> HubAnswer) -> Bool {
    let found =
      loop?.drain(at: now) { [self] _, subscription, delivery in take(subscription, delivery, answer) } ?? false
    let there = Set(books.keys.compactMap { loop?.connection(of: $0) })
    connections.removeAll { !there.contains($0) }
    return found
  }

  private func take(
    _ subscription: HubSubscription, _ delivery: borrowing HubDelivery<CountedMessage>, _ answer: (Int) -> HubAnswer
  ) -> HubAnswer {
    guard var mine = books[subscription] else {
      fault("a delivery for nobody")
      return .ready
    }
    defer { if books[subscription] != nil { books[subscription] = mine } }
    switch delivery {
    case .messages(let messages, let first):
      if first != mine.next { fault("\(first) came where \(mine.next) was next") }
      for index in messages.indices {
        let (message, number) = (messages[index], first + UInt64(index))
        if !message.isIntact || message.topic != mine.topic.id || message.number != number {
          fault("not message \(number)")
        }
      }
      let answer = answer(messages.count)
      let taken = took(answer, messages.count)
      mine.delivered += taken
      mine.next += taken
      return answer
    case .lagged(let range):
      if range.lowerBound != mine.next { fault("\(range) lagged where \(mine.next) was next") }
      let answer = answer(1)
      if answer != .disconnect {
        mine.lagged += UInt64(range.count)
        mine.next = range.upperBound + 1
      }
      return answer
    case .latest(_, let message):
      // The number says which message it followed.
      if !message.isIntact || message.topic != mine.topic.id { fault("not news of this topic") }
      if message.number >= mine.next { fault("news came before the message \(message.number)") }
      return answer(1)
    case .resynchronize: return answer(1)
    case .ended(let account, let end):
      books[subscription] = mine
      close(subscription, account)
      if end == .closed {
        complete += 1
        if account.position.number < mine.topic.head.number { fault("closed before the end") }
      }
      return .ready
    }
  }

  private func took(_ answer: HubAnswer, _ count: Int) -> UInt64 {
    switch answer {
    case .took(let taken): return UInt64(taken)
    case .disconnect: return 0
    case .ready, .blocked, .leave: return UInt64(count)
    }
  }

  private func close(_ subscription: HubSubscription, _ account: HubAccount) {
    guard let mine = books.removeValue(forKey: subscription) else { return fault("an account for nobody") }
    guard account.start == mine.start, account.delivered == mine.delivered, account.lagged == mine.lagged,
      account.position.number + 1 == mine.next,
      account.delivered + account.lagged == account.position.number - account.start
    else { return fault("\(account) is not \(mine)") }
    accounts += 1
    delivered += account.delivered
    lagged += account.lagged
  }
}
