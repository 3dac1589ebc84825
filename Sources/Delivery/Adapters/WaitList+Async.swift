#if !hasFeature(Embedded)
  extension WaitList where Word == HardwareWord {
    /// Suspends the task until there is news, unless `isReady` says that there is some. It may also return for nothing, and does
    /// when the task is cancelled: look, and wait again.
    func wait(unless isReady: () -> Bool) async {
      let waiter = Waiter<HardwareWord>()
      await withTaskCancellationHandler {
        await unsafe withUnsafeContinuation { continuation in
          guard waiter.arm({ unsafe continuation.resume() }) else { return unsafe continuation.resume() }
          add(waiter)
          // News that came before the list had it did not find it.
          if isReady() { abandon(waiter) }
        }
      } onCancel: {
        abandon(waiter)
      }
    }
  }
#endif
