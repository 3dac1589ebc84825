import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Messages of many streams put in order, in Java: what the standard library offers.
 *
 * <p>It keeps the rules of the library's {@code baseline/…} scenarios: a window of 1,024, and a gap is given up 5 s
 * after it opened.
 */
final class Ordering {
  private static final long WINDOW = 1_024;
  private static final long TIMEOUT = 5_000_000_000L;

  private static final class Stream {
    long next = 1;
    /** None for a stream in order, as nearly all are. */
    TreeMap<Long, Long> waiting;
  }

  /** {@code above}: the message that opened it; everything missing below is given up at the deadline. */
  private record Gap(long deadline, long key, long above) {}

  private final HashMap<Long, Stream> streams = new HashMap<>();
  /** In the order of their deadlines, because the timeout is the same for all. */
  private final ArrayDeque<Gap> gaps = new ArrayDeque<>();

  private long delivered;
  private long sum;
  private long skipped;
  private long rejected;

  private long hash() {
    long requested = 0;
    return Peer.digest(delivered, sum, skipped, requested, rejected);
  }

  private void deliver(long payload) {
    delivered++;
    sum += payload;
  }

  private void receive(long payload, long number, long key, long now) {
    Long id = key;
    Stream stream = streams.get(id);
    if (stream == null) {
      stream = new Stream();
      streams.put(id, stream);
    }
    if (number == stream.next) {
      deliver(payload);
      stream.next++;
      if (stream.waiting != null) deliverWaiting(stream);
      return;
    }
    if (number < stream.next || (stream.waiting != null && stream.waiting.containsKey(number))) return;
    if (number - stream.next >= WINDOW) {
      rejected++;
      return;
    }
    if (stream.waiting == null) stream.waiting = new TreeMap<>();
    long known = stream.waiting.isEmpty() ? stream.next - 1 : stream.waiting.lastKey();
    stream.waiting.put(number, payload);
    if (number > known + 1) gaps.add(new Gap(now + TIMEOUT, key, number));
  }

  private void deliverWaiting(Stream stream) {
    for (var first = stream.waiting.firstEntry();
        first != null && first.getKey() == stream.next;
        first = stream.waiting.firstEntry()) {
      stream.waiting.pollFirstEntry();
      deliver(first.getValue());
      stream.next++;
    }
    if (stream.waiting.isEmpty()) stream.waiting = null;
  }

  private void advance(long now) {
    while (!gaps.isEmpty() && gaps.peek().deadline <= now) {
      Gap gap = gaps.poll();
      giveUp(streams.get(gap.key), gap.above);
    }
  }

  private void giveUp(Stream stream, long below) {
    for (; stream.next < below; stream.next++) {
      Long payload = stream.waiting == null ? null : stream.waiting.remove(stream.next);
      if (payload != null) {
        deliver(payload);
      } else {
        skipped++;
      }
    }
    if (stream.waiting != null) deliverWaiting(stream);
  }

  /** Messages that arrive between two readings of the clock, as a server reads it once for all that a socket had. */
  private static final int BURST = 64;

  /** The (simulated) time. */
  private long now;

  private void timedReceive(Input input, int from, int to, long nanosecondsPerMessage) {
    for (int index = from; index < to; ) {
      int end = Math.min(index + BURST, to);
      for (; index < end; index++) {
        receive(input.payload(index), input.number(index), input.key(index), now);
      }
      advance(now);
      now += BURST * nanosecondsPerMessage;
    }
  }

  /** Two words a message: the key, and the payload, which is the number below the conversation. */
  private record Input(long[] words, int count) {
    /** The one that was asked for last: the uncounted repetition and the one that counts have the same. */
    private static Input last;
    private static String lastName = "";

    static Input load(Peer.Context context, String name) {
      if (!lastName.equals(name)) {
        last = null;
        ByteBuffer bytes = context.bytes(name);
        long[] words = new long[bytes.remaining() / Long.BYTES];
        bytes.asLongBuffer().get(words);
        last = new Input(words, words.length / 2);
        lastName = name;
      }
      return last;
    }

    long key(int index) {
      return words[2 * index];
    }

    long number(int index) {
      return words[2 * index + 1] & 0xFFFF_FFFFL;
    }

    long payload(int index) {
      return words[2 * index + 1];
    }

    /** The messages that open streams stand first, one of each. */
    int streams() {
      int index = 0;
      while (number(index) == 1) index++;
      return index;
    }
  }

  private static Peer.Sample steady(Peer.Context context, Input input, int opening, long nanosecondsPerMessage) {
    int count = context.count(input.count - opening);
    Ordering ordering = new Ordering();
    ordering.timedReceive(input, 0, opening, nanosecondsPerMessage);
    long start = System.nanoTime();
    ordering.timedReceive(input, opening, opening + count, nanosecondsPerMessage);
    return Peer.Sample.perPiece(System.nanoTime() - start, count, ordering.hash());
  }

  private static Peer.Sample manyStreams(Peer.Context context, String name) {
    Input input = Input.load(context, name);
    return steady(context, input, input.streams(), 10);
  }

  /** So much passes between two messages that a stream sees five of its own until a gap is given up. */
  private static Peer.Sample lost(Peer.Context context) {
    Input input = Input.load(context, "lost");
    return steady(context, input, input.streams(), 1_000_000_000L / input.streams());
  }

  private static Peer.Sample open(Peer.Context context) {
    Input input = Input.load(context, "in-order");
    int count = input.streams();
    Ordering ordering = new Ordering();
    long start = System.nanoTime();
    ordering.timedReceive(input, 0, count, 10);
    return Peer.Sample.perPiece(System.nanoTime() - start, count, ordering.hash());
  }

  /** The heap that is used, and not what is resident, which is the heap's fixed size. */
  private static Peer.Sample idleBytes(Peer.Context context) {
    Input input = Input.load(context, "in-order");
    long before = Peer.usedBytes();
    Ordering ordering = new Ordering();
    ordering.timedReceive(input, 0, input.streams(), 10);
    double bytes = Peer.usedBytes() - before;
    int count = ordering.streams.size();
    return new Peer.Sample(bytes / count, OptionalLong.of(Peer.digest(count)));
  }

  private static Peer.Work work(String name, String unit, Peer.Repetition repetition) {
    return new Peer.Work(name, "Java HashMap + TreeMap", unit, repetition);
  }

  public static void main(String[] arguments) throws Exception {
    Peer.main(
        arguments,
        List.of(
            work(
                "sequencer/in-order/one-stream",
                "ns/message",
                context -> steady(context, Input.load(context, "one-stream"), 0, 10)),
            work("sequencer/in-order/1M-streams", "ns/message", context -> manyStreams(context, "in-order")),
            work("sequencer/displaced/1M-streams", "ns/message", context -> manyStreams(context, "displaced")),
            work("sequencer/lost/1M-streams", "ns/message", Ordering::lost),
            work("sequencer/open", "ns/stream", Ordering::open),
            work("sequencer/idle-bytes", "bytes/stream", Ordering::idleBytes)));
  }
}
