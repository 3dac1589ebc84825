/// Topics × subscribers × threads: what is published once is read by every subscriber of the topic, wherever it is served.
///
/// Publishing costs the same for one subscriber and for ten thousand: the message goes into the topic's ring once, and the
/// topic into the list of each loop that has subscribers and does not know yet. A *loop* is a thread that serves connections;
/// it walks its own subscribers in plain memory. Nobody waits for anybody: there is no lock, a slow subscriber is overtaken
/// and told exactly what it missed, and a loop that stands still holds up neither the publishers nor the other loops.
///
/// ```swift
/// let hub = Hub<Frame>()
///
/// // where the room's messages get their numbers
/// var publisher = hub.makePublisher()
/// let room = publisher.open(7)
/// while case .busy = publisher.publish(frame, to: room) { pause() }      // rare
/// publisher.notify { loop in semaphores[loop].signal() }
///
/// // where the sockets are
/// var loop = hub.makeLoop(of: Socket.self)
/// let connection = try loop.connect(socket)
/// let (subscription, start) = try loop.subscribe(connection, to: room, from: token)
/// loop.drain(at: now) { socket, subscription, delivery in
///   switch delivery {
///   case .messages(let frames, let first): return socket.send(frames, from: first) ? .ready : .blocked
///   case .lagged(let numbers): return socket.tell(lost: numbers) ? .ready : .blocked
///   case .latest(let user, let typing): return socket.show(typing, of: user) ? .ready : .blocked
///   case .resynchronize: return socket.askForPresence() ? .ready : .blocked
///   case .ended: return .ready
///   }
/// }
/// ```
///
/// A topic has one owner, the publisher that opened or adopted it: ordering a conversation needs one place that numbers it
/// anyway, and other threads reach that place through an ``MPSCQueue``.
///
/// A message is refused as `.busy` only while a loop is interrupted in the middle of copying what stands in its place, a whole
/// ring back; a larger ring makes that rarer, and no subscriber can cause it.
///
/// Memory: a quiet topic takes about 220 bytes and 24 for each loop. A topic with messages has a ring of `ringCapacity` slots
/// and 128 bytes for each loop.
@safe
public final class Hub<Element: Sendable>: @unchecked Sendable {
  @usableFromInline typealias Core = TopicCore<Element, HardwareWord>
  @usableFromInline typealias List = TopicList<Element, HardwareWord>

  public let configuration: HubConfiguration
  let rings: RingPool<Element, HardwareWord>
  let latestRings: RingPool<Latest<Element>, HardwareWord>
  /// For each loop the topics with news.
  @usableFromInline let lists: WordLines<HardwareWord>
  /// What wakes each loop.
  @usableFromInline let doorbells: [Doorbell]
  /// The loops that there are, a bit each.
  private let takenLoops = HardwareWord(0, .end)

  /// Creates a hub without topics and loops.
  ///
  /// - Precondition: the limits are in their ranges, see ``HubConfiguration``.
  /// - Complexity: O(loops)
  public init(_ configuration: HubConfiguration = HubConfiguration()) {
    configuration.check()
    self.configuration = configuration
    rings = RingPool(capacity: configuration.ringCapacity.roundedUpToPowerOfTwo, readers: configuration.loops)
    // One window holds all of it, so that a loop can see which of them are out of date.
    latestRings = RingPool(capacity: ReadingWindow<Element>.limit, readers: configuration.loops)
    unsafe lists = WordLines(count: configuration.loops, 0, .list)
    doorbells = (0..<configuration.loops).map { _ in Doorbell() }
  }

  deinit {
    for loop in 0..<configuration.loops { unsafe forget(list(of: loop)) }
    unsafe lists.deallocate()
  }

  /// Topics that were meant for a loop which has gone.
  private func forget(_ list: List) {
    var mark = unsafe list.takeAll()
    while let current = unsafe mark {
      unsafe mark = List.mark(at: current.pointee.next)
      unsafe current.pointee.topic.unsafelyUnwrapped.release()
    }
  }

  @inlinable
  func list(of loop: Int) -> List { unsafe List(lists[loop]) }

  /// A number that no other topic or publisher has, of this or another hub.
  static func nextNumber() -> UInt64 { numbers.add(1) &+ 1 }

  func check(_ topic: HubTopic<Element>) {
    precondition(topic.core.rings === rings, "the topic is another hub's")
  }

  /// Takes a place among the loops.
  func takeLoop() -> Int {
    // A read-modify-write that changes nothing finds the newest value; a load might miss that a loop has left.
    var taken = takenLoops.or(0)
    while true {
      let loop = (~taken).trailingZeroBitCount
      precondition(loop < configuration.loops, "all loops of the hub are taken")
      let seen = takenLoops.compareExchange(expected: taken, desired: taken | 1 << UInt64(loop))
      if seen == taken { return loop }
      taken = seen
    }
  }

  /// Leaves its place to another loop, which takes over the topics that are still in the list.
  @usableFromInline
  func leaveLoop(_ loop: Int) { _ = takenLoops.and(~(1 << UInt64(loop))) }
}

/// How many topics and publishers there have been.
private let numbers = HardwareWord(0, .tenant)
