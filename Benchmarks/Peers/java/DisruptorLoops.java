import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.YieldingWaitStrategy;

/**
 * A Disruptor with one consumer, which reads as a BatchEventProcessor does: all that is there, and then it says how far
 * it is. Both sides spin where two threads have two cores, and yield or park where three may have to share them.
 */
final class DisruptorLoops implements Queues.Loops {
  private static final class Event {
    long word;
  }

  private final RingBuffer<Event> ring;
  private final boolean shared;
  private final SequenceBarrier barrier;
  private final Sequence read = new Sequence();

  DisruptorLoops(int capacity, boolean shared) {
    this.shared = shared;
    ring =
        shared
            ? RingBuffer.createMultiProducer(Event::new, capacity, new YieldingWaitStrategy())
            : RingBuffer.createSingleProducer(Event::new, capacity, new BusySpinWaitStrategy());
    ring.addGatingSequences(read);
    barrier = ring.newBarrier();
  }

  /** On its own, {@code next} parks when there is no room, for much longer than a consumer on another core needs. */
  private long claim(int count) {
    while (!shared && !ring.hasAvailableCapacity(count)) Thread.onSpinWait();
    return ring.next(count);
  }

  @Override
  public void push(long word) {
    long place = claim(1);
    ring.get(place).word = word;
    ring.publish(place);
  }

  @Override
  public void pushAll(int count) {
    for (long word = 0; word < count; word++) push(word);
  }

  @Override
  public void pushBatches(int count, int size) {
    long word = 0;
    while (word < count) {
      int batch = (int) Math.min(size, count - word);
      long last = claim(batch);
      long first = last - batch + 1;
      for (long place = first; place <= last; place++) ring.get(place).word = word++;
      ring.publish(first, last);
    }
  }

  @Override
  public long pop() throws Exception {
    return popAll(1);
  }

  @Override
  public long popAll(int count) throws Exception {
    long sum = 0;
    long next = read.get() + 1;
    long end = next + count;
    while (next < end) {
      long available = barrier.waitFor(next);
      if (available < next) continue;
      while (next <= available) sum += ring.get(next++).word;
      read.set(available);
    }
    return sum;
  }
}
