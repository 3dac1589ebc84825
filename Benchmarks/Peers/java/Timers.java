import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A million timeouts of which nine in ten are cancelled, in Java: what the standard library offers. */
final class Timers {
  private static final String DELAY_QUEUE = "Java DelayQueue (lazy cancel)";
  private static final String EXECUTOR = "Java ScheduledThreadPoolExecutor";

  /** Simulated time in ticks of a millisecond; a {@link DelayQueue} asks its elements how long they still have. */
  private static long now;

  private static final class Timer implements Delayed {
    final long deadline;
    final long payload;
    boolean cancelled;

    Timer(long deadline, long payload) {
      this.deadline = deadline;
      this.payload = payload;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(deadline - now, TimeUnit.MILLISECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(deadline, ((Timer) other).deadline);
    }
  }

  private enum Phase {
    SCHEDULE,
    CANCEL,
    EXPIRE,
    LIFE
  }

  private static int[] load(Peer.Context context, String name) {
    ByteBuffer bytes = context.bytes(name);
    int[] numbers = new int[bytes.remaining() / Integer.BYTES];
    bytes.asIntBuffer().get(numbers);
    return numbers;
  }

  /**
   * To remove from the middle of a {@link DelayQueue} is to search all of it: what is cancelled is marked, and dropped
   * when it comes up.
   */
  private static Peer.Sample cycle(Peer.Context context, Phase phase) {
    int[] deadlines = load(context, "timer-ticks");
    int[] cancelled = load(context, "timer-cancelled");
    Timer[] timers = new Timer[deadlines.length];
    DelayQueue<Timer> queue = new DelayQueue<>();
    now = 0;
    long start = System.nanoTime();
    timedSchedule(queue, deadlines, timers);
    long scheduled = System.nanoTime();
    timedCancel(timers, cancelled);
    long rest = System.nanoTime();
    long hash = timedExpire(queue);
    long end = System.nanoTime();
    return switch (phase) {
      case SCHEDULE -> Peer.Sample.perPiece(scheduled - start, deadlines.length, hash);
      case CANCEL -> Peer.Sample.perPiece(rest - scheduled, cancelled.length, hash);
      case EXPIRE -> Peer.Sample.perPiece(end - rest, deadlines.length - cancelled.length, hash);
      case LIFE -> Peer.Sample.perPiece(end - start, deadlines.length, hash);
    };
  }

  private static void timedSchedule(DelayQueue<Timer> queue, int[] deadlines, Timer[] timers) {
    for (int index = 0; index < deadlines.length; index++) {
      timers[index] = new Timer(deadlines[index], index);
      queue.add(timers[index]);
    }
  }

  private static void timedCancel(Timer[] timers, int[] cancelled) {
    for (int index : cancelled) timers[index].cancelled = true;
  }

  /** Says of each timer that it came, and at which tick. */
  private static long timedExpire(DelayQueue<Timer> queue) {
    long hash = 0;
    for (now = 0; !queue.isEmpty(); now++) {
      for (Timer timer = queue.poll(); timer != null; timer = queue.poll()) {
        if (!timer.cancelled) hash += timer.payload * (now + 1);
      }
    }
    return hash;
  }

  /** There is only one in the queue, so that removing it is no search. */
  private static Peer.Sample churn(Peer.Context context) {
    int count = context.count(10_000_000);
    DelayQueue<Timer> queue = new DelayQueue<>();
    long start = System.nanoTime();
    long sum = 0;
    for (int index = 0; index < count; index++) {
      Timer timer = new Timer(30_000 + (index & 1_023), index);
      queue.add(timer);
      if (queue.remove(timer)) sum += timer.payload;
    }
    return Peer.Sample.perPiece(System.nanoTime() - start, count, Peer.digest(sum));
  }

  private static ScheduledThreadPoolExecutor executor() {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  /** It has the system's clock only. Nothing falls due while this runs, so nothing expires, and there is no result. */
  private static final int ONE_HOUR = 3_600_000;

  private static Peer.Sample executorCycle(Peer.Context context, Phase phase) {
    int[] deadlines = load(context, "timer-ticks");
    int[] cancelled = load(context, "timer-cancelled");
    ScheduledThreadPoolExecutor executor = executor();
    ScheduledFuture<?>[] timers = new ScheduledFuture<?>[deadlines.length];
    Runnable nothing = () -> {};
    long start = System.nanoTime();
    for (int index = 0; index < deadlines.length; index++) {
      timers[index] = executor.schedule(nothing, ONE_HOUR + deadlines[index], TimeUnit.MILLISECONDS);
    }
    long scheduled = System.nanoTime();
    for (int index : cancelled) timers[index].cancel(false);
    long end = System.nanoTime();
    executor.shutdownNow();
    double value =
        phase == Phase.SCHEDULE
            ? (double) (scheduled - start) / deadlines.length
            : (double) (end - scheduled) / cancelled.length;
    return new Peer.Sample(value, OptionalLong.empty());
  }

  private static Peer.Sample executorChurn(Peer.Context context) {
    int count = context.count(10_000_000);
    ScheduledThreadPoolExecutor executor = executor();
    long start = System.nanoTime();
    long sum = 0;
    for (int index = 0; index < count; index++) {
      if (executor.schedule(() -> {}, 30_000 + (index & 1_023), TimeUnit.MILLISECONDS).cancel(false)) sum += index;
    }
    long nanoseconds = System.nanoTime() - start;
    executor.shutdownNow();
    return Peer.Sample.perPiece(nanoseconds, count, Peer.digest(sum));
  }

  public static void main(String[] arguments) throws Exception {
    List<Peer.Work> works = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      String name = "timers/" + phase.name().toLowerCase();
      // The queue only marks what is cancelled; the executor cannot be driven in simulated time.
      if (phase != Phase.CANCEL) {
        works.add(new Peer.Work(name, DELAY_QUEUE, "ns/timer", context -> cycle(context, phase)));
      }
      if (phase == Phase.SCHEDULE || phase == Phase.CANCEL) {
        works.add(new Peer.Work(name, EXECUTOR, "ns/timer", context -> executorCycle(context, phase)));
      }
    }
    works.add(new Peer.Work("timers/churn", "Java DelayQueue", "ns/pair", Timers::churn));
    works.add(new Peer.Work("timers/churn", EXECUTOR, "ns/pair", Timers::executorChurn));
    Peer.main(arguments, works);
  }
}
