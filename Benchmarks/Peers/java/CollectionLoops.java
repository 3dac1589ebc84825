import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.function.IntFunction;

/**
 * A queue of the standard library. It holds objects, so each word is boxed, and it has no call to push a batch.
 *
 * <p>A blocking queue blocks where many words go one way, because two threads that ask again and again would fight for
 * its lock, and spins in a round trip, where that takes a fiftieth of the time.
 */
final class CollectionLoops implements Queues.Loops {
  private final Queue<Long> queue;
  private final BlockingQueue<Long> blocking;
  private final int mask;

  CollectionLoops(Queue<Long> queue, boolean sharingCores) {
    this.queue = queue;
    blocking = queue instanceof BlockingQueue<Long> it ? it : null;
    mask = sharingCores ? 0x3F : 0xFFFF;
  }

  /**
   * What makes the loops over a kind of queue: from a copy of this class. The compiler notes by method which classes it
   * meets there, and could inline nothing into loops that have met all kinds.
   */
  static Queues.Maker over(IntFunction<Queue<Long>> make) throws Exception {
    try (InputStream code = CollectionLoops.class.getResourceAsStream("CollectionLoops.class")) {
      var copy = MethodHandles.lookup().defineHiddenClass(code.readAllBytes(), true).lookupClass();
      var constructor = copy.getDeclaredConstructor(Queue.class, boolean.class);
      return (capacity, shared) -> (Queues.Loops) constructor.newInstance(make.apply(capacity), shared);
    }
  }

  @Override
  public void push(long word) {
    for (int looks = 1; !queue.offer(word); looks++) wait(looks);
  }

  @Override
  public long pop() {
    for (int looks = 1; ; looks++) {
      Long word = queue.poll();
      if (word != null) return word;
      wait(looks);
    }
  }

  @Override
  public void pushAll(int count) throws InterruptedException {
    if (blocking == null) {
      for (long word = 0; word < count; word++) push(word);
    } else {
      for (long word = 0; word < count; word++) blocking.put(word);
    }
  }

  @Override
  public long popAll(int count) throws InterruptedException {
    long sum = 0;
    if (blocking == null) {
      for (int received = 0; received < count; received++) sum += pop();
    } else {
      for (int received = 0; received < count; received++) sum += blocking.take();
    }
    return sum;
  }

  /** What a loop does that waits for another core: it looks again at once, and lets others run now and then. */
  private void wait(int looks) {
    Thread.onSpinWait();
    if ((looks & mask) == 0) Thread.yield();
  }
}
