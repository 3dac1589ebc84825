import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The works {@code fan-out/…}, as the LMAX Disruptor does them: a ring, and an EventPoller for each subscriber, which
 * is how one thread serves many of them. See FanOutScenarios.swift for what ours do.
 */
final class FanOut {
  private FanOut() {}

  private static final int CAPACITY = 1_024;

  /** A payload that is counted, by the collector. */
  private record Letter(long word) {}

  /** A place of the ring. A word stands in the place itself. */
  private static final class Event {
    long word;
    Letter letter;
  }

  /** Where a subscriber adds up what it reads. */
  private static long sum;

  private static final EventPoller.Handler<Event> readWord =
      (event, sequence, isLast) -> {
        sum += event.word;
        return true;
      };

  private static final EventPoller.Handler<Event> readLetter =
      (event, sequence, isLast) -> {
        sum += event.letter.word;
        return true;
      };

  private static void timedWords(RingBuffer<Event> ring, EventPoller<Event>[] pollers, int rounds, int burst)
      throws Exception {
    for (int round = 0; round < rounds; round++) {
      long last = ring.next(burst);
      long first = last - burst + 1;
      for (long place = first; place <= last; place++) ring.get(place).word = place;
      ring.publish(first, last);
      for (EventPoller<Event> poller : pollers) poller.poll(readWord);
    }
  }

  private static void timedLetters(
      RingBuffer<Event> ring, EventPoller<Event>[] pollers, int rounds, int burst, Letter[] letters) throws Exception {
    for (int round = 0; round < rounds; round++) {
      long last = ring.next(burst);
      long first = last - burst + 1;
      for (long place = first; place <= last; place++) {
        ring.get(place).letter = letters[(int) place & (CAPACITY - 1)];
      }
      ring.publish(first, last);
      for (EventPoller<Event> poller : pollers) poller.poll(readLetter);
    }
  }

  private static Peer.Sample rounds(Peer.Context context, int subscribers, int burst, boolean ofLetters)
      throws Exception {
    int rounds = context.count(40_000_000) / (subscribers * burst);
    RingBuffer<Event> ring = RingBuffer.createSingleProducer(Event::new, CAPACITY, new BusySpinWaitStrategy());
    @SuppressWarnings("unchecked")
    EventPoller<Event>[] pollers = Stream.generate(ring::newPoller).limit(subscribers).toArray(EventPoller[]::new);
    ring.addGatingSequences(Stream.of(pollers).map(EventPoller::getSequence).toArray(Sequence[]::new));
    Letter[] letters = LongStream.range(0, CAPACITY).mapToObj(Letter::new).toArray(Letter[]::new);
    sum = 0;
    long start = System.nanoTime();
    if (ofLetters) timedLetters(ring, pollers, rounds, burst, letters);
    else timedWords(ring, pollers, rounds, burst);
    return Peer.Sample.perPiece(System.nanoTime() - start, (long) subscribers * burst * rounds, Peer.digest(sum));
  }

  private static Peer.Work work(String name, int subscribers, int burst, boolean ofLetters) {
    return new Peer.Work(
        name,
        "LMAX Disruptor, a poller a subscriber",
        "ns/delivery",
        context -> rounds(context, subscribers, burst, ofLetters));
  }

  public static void main(String[] arguments) throws Exception {
    Peer.main(
        arguments,
        List.of(
            work("fan-out/100", 100, 64, false),
            work("fan-out/10k", 10_000, 64, false),
            work("fan-out/10k/single", 10_000, 1, false),
            work("fan-out/10k/reference", 10_000, 64, true)));
  }
}
