/// A semaphore of the model: how a body parks a thread and wakes it.
///
/// It counts, as an eventfd does, and orders nothing by default: a structure must not rest on what the parking happens to
/// order.
struct ModelSemaphore {
  fileprivate let index: Int
  fileprivate let execution: Execution

  func wait() { execution.wait(for: self) }
  func post() { execution.post(self) }
}

struct SemaphoreState {
  var count = 0
  var synchronizes: Bool
  var clock = Clock()
}

extension Execution {
  func makeSemaphore(synchronizes: Bool) -> ModelSemaphore {
    semaphores.append(SemaphoreState(synchronizes: synchronizes))
    return ModelSemaphore(index: semaphores.count - 1, execution: self)
  }

  fileprivate func wait(for semaphore: ModelSemaphore) {
    precondition(running != 0, "only a thread of the body may wait")
    step()
    note(.wait(semaphore: semaphore.index))
    while semaphores[semaphore.index].count == 0 {
      threads[running].state = .waiting(semaphore: semaphore.index)
      giveWay()
    }
    semaphores[semaphore.index].count -= 1
    if semaphores[semaphore.index].synchronizes { threads[running].clock.join(semaphores[semaphore.index].clock) }
    threads[running].isFresh = true
  }

  fileprivate func post(_ semaphore: ModelSemaphore) {
    step()
    note(.post(semaphore: semaphore.index))
    semaphores[semaphore.index].count += 1
    semaphores[semaphore.index].clock.join(threads[running].clock)
    for thread in threads.indices where threads[thread].state == .waiting(semaphore: semaphore.index) {
      threads[thread].state = .ready
    }
  }

  /// The running thread makes no progress until another does something. By then all stores so far have reached it.
  func yield() {
    precondition(running != 0, "only a thread of the body may yield")
    note(.yield)
    countStep()
    threads[running].state = .yielding
    giveWay()
    threads[running].state = .ready
    for word in words.indices { words[word].see(words[word].newest, by: running, at: threads[running].clock) }
  }
}
