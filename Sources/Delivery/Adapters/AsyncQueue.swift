#if !hasFeature(Embedded)
  /// A bounded queue between tasks: any number of them send, one receives. Who sends into a full queue waits until there is
  /// room.
  ///
  /// ```swift
  /// let queue = AsyncQueue<Message>(capacity: 64)
  /// Task { await queue.send(message) }
  /// for await message in queue { handle(message) }
  /// ```
  ///
  /// It is an ``MPSCQueue`` with two lists of waiters. Messages that one task sends come out in the order in which it sent them;
  /// of tasks that wait for room, any may be the first. The sequence ends when the queue is closed and all that it accepted has
  /// come, or when the receiving task is cancelled; once that has ended, another may go on. Those who wait for room are woken
  /// when half of the queue is free.
  public final class AsyncQueue<Element: Sendable>: AsyncSequence, Sendable {
    fileprivate let queue: MPSCQueue<Element>
    fileprivate let receivers = WaitList<HardwareWord>()
    private let senders = WaitList<HardwareWord>()

    /// Creates an empty queue.
    ///
    /// - Precondition: the capacity is 1 … 2²⁸.
    /// - Complexity: O(`capacity`)
    public init(capacity: Int) {
      queue = MPSCQueue(capacity: capacity)
    }

    /// Sends an element, once there is room for it.
    ///
    /// - Returns: `.pushed`; or the element: as `.closed`, or as `.full` if the task was cancelled before there was room.
    /// - Complexity: O(1), and O(*tasks that wait*) now and then
    @discardableResult
    public func send(_ element: Element) async -> PushOutcome<Element> {
      while true {
        let outcome = queue.push(element)
        switch outcome {
        case .pushed:
          receivers.wakeAll()
          return outcome
        case .closed: return outcome
        case .full:
          if Task.isCancelled { return outcome }
          await senders.wait { queue.count < queue.capacity || queue.isClosed }
        }
      }
    }

    /// Sends an element if there is room for it. Not only tasks can do this.
    ///
    /// - Complexity: O(1)
    @discardableResult
    public func trySend(_ element: Element) -> PushOutcome<Element> {
      let outcome = queue.push(element)
      if outcome.isPushed { receivers.wakeAll() }
      return outcome
    }

    /// Ends the queue: nothing more is accepted. What was accepted still comes out.
    ///
    /// - Complexity: O(*tasks that wait*)
    public func close() {
      queue.close()
      receivers.wakeAll()
      senders.wakeAll()
    }

    /// The receiving end. While somebody has it, nobody else may make one.
    ///
    /// - Precondition: there is none at present.
    /// - Complexity: O(1)
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Receives the elements of a queue.
    public final class Iterator: AsyncIteratorProtocol {
      private let owner: AsyncQueue
      private var consumer: MPSCConsumer<Element>

      fileprivate init(_ owner: AsyncQueue) {
        self.owner = owner
        consumer = owner.queue.makeConsumer()
      }

      /// The next element, or nil at the end.
      ///
      /// - Complexity: O(1), and O(*tasks that wait*) for room
      public func next() async -> Element? {
        while !Task.isCancelled {
          if let element = consumer.pop() {
            // Not for each place that is free: all who wait would come, and all but one would wait again.
            if owner.queue.count <= owner.queue.capacity / 2 { owner.senders.wakeAll() }
            return element
          }
          if consumer.isFinished { return nil }
          let queue = owner.queue
          await owner.receivers.wait { !queue.isEmpty || queue.isClosed }
        }
        return nil
      }
    }
  }
#endif
