import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The works {@code spsc/…} and {@code mpsc/…}, as the queues of Java do them. See QueueScenarios.swift for what ours
 * do: the same words, the same bounds, the consumer on the first core and the producers on the next ones.
 */
final class Queues {
  private Queues() {}

  private static final int CAPACITY = 1_024;
  private static final int SHARED_CAPACITY = 65_536;

  /** A queue, and the loops over it that are timed. Whoever has to wait does. */
  interface Loops {
    void push(long word) throws Exception;

    long pop() throws Exception;

    /** Pushes the words below {@code count}, one by one. */
    void pushAll(int count) throws Exception;

    default void pushBatches(int count, int size) {
      throw new UnsupportedOperationException();
    }

    /** The sum of the next {@code count} words. */
    long popAll(int count) throws Exception;
  }

  /** Makes a queue for one producer, or for several. */
  interface Maker {
    Loops make(int capacity, boolean shared) throws Exception;
  }

  // Where threads meet before what they do together is timed.
  private static void meet(AtomicInteger missing) {
    missing.decrementAndGet();
    while (missing.get() > 0) Thread.yield();
  }

  private interface Body {
    void run() throws Exception;
  }

  private static Thread start(int core, Body body) {
    Thread thread =
        new Thread(
            () -> {
              try {
                Peer.pin(core);
                body.run();
              } catch (Exception error) {
                throw new IllegalStateException(error);
              }
            });
    thread.start();
    return thread;
  }

  /** Times from when all threads stand ready until the last word has come. Each producer pushes {@code count} words. */
  private static Peer.Sample acrossCores(Loops loops, int producers, int count, int batch) throws Exception {
    AtomicInteger gate = new AtomicInteger(producers + 1);
    List<Thread> threads = new ArrayList<>();
    for (int core = 1; core <= producers; core++) {
      Body push = batch == 1 ? () -> loops.pushAll(count) : () -> loops.pushBatches(count, batch);
      threads.add(start(core, () -> {
        meet(gate);
        push.run();
      }));
    }
    meet(gate);
    long start = System.nanoTime();
    long sum = loops.popAll(producers * count);
    long elapsed = System.nanoTime() - start;
    for (Thread thread : threads) thread.join();
    return Peer.Sample.perPiece(elapsed, (long) producers * count, Peer.digest(sum));
  }

  private static Peer.Sample roundTrips(Loops there, Loops back, int trips) throws Exception {
    AtomicInteger gate = new AtomicInteger(2);
    Thread partner = start(1, () -> {
      meet(gate);
      for (int trip = 0; trip < trips; trip++) back.push(there.pop());
    });
    long[] times = new long[trips];
    long sum = 0;
    meet(gate);
    for (int trip = 0; trip < trips; trip++) {
      long start = System.nanoTime();
      there.push(trip);
      sum += back.pop();
      times[trip] = System.nanoTime() - start;
    }
    partner.join();
    Arrays.sort(times);
    return new Peer.Sample(
        times[trips / 2], OptionalLong.of(Peer.digest(sum)), Map.of("p99", (double) times[(int) (trips * 99L / 100)]));
  }

  private static Peer.Sample uncontended(Loops loops, int count) throws Exception {
    long start = System.nanoTime();
    long sum = 0;
    for (int word = 0; word < count; word++) {
      loops.push(word);
      sum += loops.pop();
    }
    return Peer.Sample.perPiece(System.nanoTime() - start, count, Peer.digest(sum));
  }

  /** With several repetitions that do not count: the compiler learns from each entry of a loop. */
  private static Peer.Work work(String name, String who, String unit, Peer.Repetition repetition) {
    return new Peer.Work(name, who, unit, context -> {
      for (int round = 1; context.warmsUp() && round < 3; round++) repetition.run(context);
      return repetition.run(context);
    });
  }

  private static void addOneByOne(List<Peer.Work> works, String who, Maker maker) {
    works.add(work("spsc/one-by-one", who, "ns/item",
        context -> acrossCores(maker.make(CAPACITY, false), 1, context.count(5_000_000), 1)));
    works.add(work("spsc/ping-pong", who, "ns/trip",
        context -> roundTrips(maker.make(CAPACITY, false), maker.make(CAPACITY, false), context.count(100_000))));
    works.add(work("spsc/uncontended", who, "ns/item",
        context -> uncontended(maker.make(CAPACITY, false), context.count(5_000_000))));
    works.add(work("mpsc/one-by-one", who, "ns/item",
        context -> acrossCores(maker.make(SHARED_CAPACITY, true), 2, context.count(2_000_000), 1)));
    works.add(work("mpsc/uncontended", who, "ns/item",
        context -> uncontended(maker.make(CAPACITY, true), context.count(5_000_000))));
  }

  private static void addBatches(List<Peer.Work> works, String who, Maker maker) {
    works.add(work("spsc/batch", who, "ns/item",
        context -> acrossCores(maker.make(CAPACITY, false), 1, context.count(20_000_000), 64)));
    works.add(work("spsc/batch-256", who, "ns/item",
        context -> acrossCores(maker.make(CAPACITY, false), 1, context.count(20_000_000), 256)));
    works.add(work("mpsc/batch", who, "ns/item",
        context -> acrossCores(maker.make(SHARED_CAPACITY, true), 2, context.count(6_400_000), 64)));
  }

  public static void main(String[] arguments) throws Exception {
    List<Peer.Work> works = new ArrayList<>();
    addOneByOne(works, "LMAX Disruptor", DisruptorLoops::new);
    addBatches(works, "LMAX Disruptor", DisruptorLoops::new);
    addOneByOne(works, "Java ArrayBlockingQueue", CollectionLoops.over(ArrayBlockingQueue::new));
    addOneByOne(works, "Java LinkedBlockingQueue", CollectionLoops.over(LinkedBlockingQueue::new));
    // The one that has no bound.
    addOneByOne(works, "Java ConcurrentLinkedQueue", CollectionLoops.over(capacity -> new ConcurrentLinkedQueue<>()));
    Peer.main(arguments, works);
  }
}
