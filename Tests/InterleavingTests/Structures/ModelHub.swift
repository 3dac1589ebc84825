import Delivery

/// Publishers and loops over model words. The topics, their rings and the lists are the library's; the steps between them are
/// those of `HubPublisher` and `HubLoop`, which stand over the hardware's words.
@safe
final class ModelHub: @unchecked Sendable {
  typealias Core = TopicCore<UInt64, ModelWord>
  typealias List = TopicList<UInt64, ModelWord>

  fileprivate let rings: RingPool<UInt64, ModelWord>
  fileprivate let latestRings: RingPool<Latest<UInt64>, ModelWord>
  private let lists: WordLines<ModelWord>
  /// Wakes a loop: posted once a push.
  let bells: [ModelSemaphore]
  fileprivate unowned let world: World

  init(loops: Int, ringCapacity: Int, _ world: World) {
    rings = RingPool(capacity: ringCapacity, readers: loops)
    latestRings = RingPool(capacity: ringCapacity, readers: loops)
    unsafe lists = WordLines(count: loops, 0, .list)
    bells = (0..<loops).map { _ in world.semaphore() }
    self.world = world
  }

  deinit {
    for loop in bells.indices { take(from: loop) { _ in } }
    unsafe lists.deallocate()
  }

  /// A topic, which must be gone when all is over.
  func open(_ id: UInt64) -> Core {
    let core = Core(
      id: id, epoch: 1, next: 1, tenant: id, owner: 1, rings: rings, latestRings: latestRings)
    world.afterTeardown { [weak core, unowned world] in world.expect(core == nil, "topic \(id) was not let go of") }
    return core
  }

  /// The topics in each loop's list, those included that are about to be pushed.
  private var listed: Set<[UInt64]> = []

  fileprivate func push(_ core: Core, to loop: Int) {
    let isNew = listed.insert([UInt64(loop), core.id]).inserted
    world.expect(isNew, "topic \(core.id) is pushed twice")
    unsafe List(lists[loop]).push(core, loop: loop)
    bells[loop].post()
  }

  fileprivate func take(from loop: Int, _ body: (Core) -> Void) {
    var mark = unsafe List(lists[loop]).takeAll()
    while let current = unsafe mark {
      unsafe ModelWord.willRead(current)
      // Before the topic is clean: then it may be pushed again.
      unsafe mark = List.mark(at: current.pointee.next)
      let core = unsafe current.pointee.topic!.takeRetainedValue()
      listed.remove([UInt64(loop), core.id])
      body(core)
    }
  }

  static func message(_ number: UInt64, of core: Core) -> UInt64 { core.id * 1_000 + number }
}

/// What a publisher does.
final class ModelPublisher {
  private let hub: ModelHub
  private var rings: RingStock<UInt64, ModelWord>
  private var latestRings: RingStock<Latest<UInt64>, ModelWord>

  init(_ hub: ModelHub) {
    self.hub = hub
    rings = RingStock(hub.rings)
    latestRings = RingStock(hub.latestRings)
  }

  func publish(_ count: Int = 1, to core: ModelHub.Core) {
    for _ in 0..<count {
      let number = core.own.next
      let ring = unsafe core.own.ring ?? core.lease(from: &rings)
      guard unsafe ring._withUnsafeGuaranteedRef({ $0.mayWrite(at: number) }) else { return }
      let message = ModelHub.message(number, of: core)
      _ = unsafe ring._withUnsafeGuaranteedRef { $0.replace(at: number, with: message) }
      core.own.next = number + 1
      core.head.storeReleasing(number + 1)
      tellLoops(of: core)
    }
  }

  private func tellLoops(of core: ModelHub.Core) {
    let loops = core.markDirty()
    for loop in 0..<hub.bells.count where loops & 1 << UInt32(loop) != 0 {
      hub.push(core, to: loop)
    }
  }

  func forgetMessages(of core: ModelHub.Core) { core.giveUpRings(&rings, &latestRings) }

  /// Leaves its rings to others.
  func end() {
    rings.leaveAll()
    latestRings.leaveAll()
  }
}

/// What a loop does that has one subscriber of a topic.
final class ModelLoop {
  private let hub: ModelHub
  private let index: Int
  private var window = ReadingWindow<UInt64>()
  /// The subscribers' next numbers, by topic.
  private(set) var cursors: [UInt64: UInt64] = [:]
  private(set) var lost = 0
  /// How often a topic was found in the list.
  private(set) var entries = 0
  /// Plants a bug: the topic is read before its dirty bit is cleared.
  private let readsFirst: Bool

  init(_ hub: ModelHub, _ index: Int = 0, readsFirst: Bool = false) {
    self.hub = hub
    self.index = index
    self.readsFirst = readsFirst
  }

  func join(_ core: ModelHub.Core) {
    core.enter(index)
    cursors[core.id] = core.head.loadAcquiring()
  }

  /// The last subscriber leaves. Refused if there is news, which the loop is going to be told of.
  func leave(_ core: ModelHub.Core) -> Bool {
    cursors[core.id] = nil
    return core.leave(index)
  }

  /// Waits for news until the subscriber has come so far.
  func follow(_ core: ModelHub.Core, through number: UInt64) {
    while cursors[core.id]! <= number {
      hub.bells[index].wait()
      drain()
    }
  }

  func drain() {
    hub.take(from: index) { core in
      entries += 1
      if readsFirst { serve(core, below: core.heads.messages) }
      let heads = core.takeNews(of: index)
      if cursors[core.id] == nil {
        _ = core.leave(index)
      } else if !readsFirst {
        serve(core, below: heads.messages)
      }
    }
  }

  private func serve(_ core: ModelHub.Core, below head: UInt64) {
    while let cursor = cursors[core.id], cursor < head {
      let next = read(core, from: cursor, below: head)
      hub.world.expect(next > cursor && next <= head, "\(next), from \(cursor), below \(head)")
      cursors[core.id] = next
    }
  }

  private func read(_ core: ModelHub.Core, from cursor: UInt64, below head: UInt64) -> UInt64 {
    var end = head
    if let ring = unsafe RingPool<UInt64, ModelWord>.ring(at: core.ring.loadAcquiring()) {
      let found = unsafe ring._withUnsafeGuaranteedRef {
        $0.read(from: cursor, below: head, by: index, tenant: core.tenant, into: &window)
      }
      switch found {
      case .messages:
        let expected = (cursor..<window.end).map { ModelHub.message($0, of: core) }
        hub.world.expect(window.all == expected, "\(window.all) from \(cursor)")
        return window.end
      case .lost(let below): end = min(below, head)
      case .nothing: hub.world.expect(false, "nothing below the head")
      case .retired: break
      }
    }
    lost += Int(end - cursor)
    return end
  }
}
