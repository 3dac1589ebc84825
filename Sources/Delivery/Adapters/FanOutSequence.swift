#if !hasFeature(Embedded)
  public import Sequencer

  /// A subscription to a ``FanOutRing`` as a sequence for a task. It ends when the ring is closed and all of it has come, or when
  /// the task is cancelled.
  ///
  /// ```swift
  /// for await event in ring.messages(from: token) {
  ///   switch event {
  ///   case .message(let number, let message): show(message, number)
  ///   case .lagged(let numbers): showGap(numbers)
  ///   }
  /// }
  /// ```
  ///
  /// The publisher's ``FanOutPublisher/notify()`` wakes the tasks that wait. A task that is slow holds up nobody: it is told
  /// what it missed. Each iterator is a subscriber of its own, which starts where the sequence was made.
  ///
  /// An iterator takes one of the ring's readers for the moment in which it copies, so a few of them serve any number of
  /// tasks; as many as there are threads for tasks are enough. Threads with a ``FanOutReader`` of their own need others: while
  /// none is left, tasks keep asking. A ring whose publisher goes away without closing it leaves its tasks waiting.
  public struct FanOutSequence<Message: Sendable>: AsyncSequence, Sendable {
    /// What a subscriber is given.
    @frozen
    public enum Element: Sendable {
      case message(number: UInt64, Message)
      /// These will not come: they have been overwritten or cleared, or were skipped by the publisher.
      case lagged(ClosedRange<UInt64>)
    }

    let core: FanOutCore<Message, HardwareWord>
    let subscription: FanOutSubscription
    /// What the subscriber missed before.
    public let start: FanOutStart

    public func makeAsyncIterator() -> Iterator { Iterator(core: core, subscription: subscription) }

    /// One subscriber.
    public struct Iterator: AsyncIteratorProtocol {
      private let core: FanOutCore<Message, HardwareWord>
      /// How far the buffer reaches.
      private var subscription: FanOutSubscription
      private var buffer: [Element] = []
      private var used = 0
      private var isClosed = false

      init(core: FanOutCore<Message, HardwareWord>, subscription: FanOutSubscription) {
        self.core = core
        self.subscription = subscription
      }

      /// The next event, or nil at the end.
      ///
      /// - Complexity: O(1) amortised
      public mutating func next() async -> Element? {
        while used == buffer.count {
          if Task.isCancelled { return nil }
          buffer.removeAll(keepingCapacity: true)
          used = 0
          guard var reader = core.takeReader() else {
            // All are copying at this moment, or in the hands of threads.
            await Task.yield()
            continue
          }
          if fill(&reader) { continue }
          if isClosed { return nil }
          let next = subscription.next
          // A closed ring's head is above every number.
          await core.waiters.wait { core.withHead { $0.loadAcquiring() } >= next }
        }
        defer { used += 1 }
        return buffer[used]
      }

      /// Copies what there is, as far as one window goes. Returns whether it is worth while to try again at once.
      private mutating func fill(_ reader: inout RingReader<Message, HardwareWord>) -> Bool {
        var (events, isClosed) = ([Element](), false)
        swap(&events, &buffer)
        _ = reader.drain(&subscription, limit: ReadingWindow<Message>.limit) { delivery in
          switch delivery {
          case .messages(let messages, let first):
            for index in messages.indices { events.append(.message(number: first + UInt64(index), messages[index])) }
          case .lagged(let numbers): events.append(.lagged(numbers))
          case .closed: isClosed = true
          }
        }
        swap(&events, &buffer)
        self.isClosed = isClosed
        return !buffer.isEmpty
      }
    }
  }

  extension FanOutRing {
    /// Subscribes a task, after the last message that it has seen or from now on.
    ///
    /// - Complexity: O(1)
    public func messages(from token: Position? = nil) -> FanOutSequence<Element> {
      let (subscription, start) = core.subscribe(from: token)
      return FanOutSequence(core: core, subscription: subscription, start: start)
    }
  }
#endif
