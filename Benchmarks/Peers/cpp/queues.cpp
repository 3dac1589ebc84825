// The works `spsc/…` and `mpsc/…`, as the queues of C++ do them. See QueueScenarios.swift for what ours do: the same
// words, the same bounds, the consumer on the first core and the producers on the next ones.
#include "queues.hpp"

#include <thread>

#include "peer.hpp"

using peer::Context;
using peer::Sample;
using peer::Work;

constexpr std::size_t capacity = 1'024;
constexpr std::size_t sharedCapacity = 65'536;

// Where threads meet before what they do together is timed.
class Gate {
  std::atomic<int> missing;

 public:
  explicit Gate(int threads) : missing(threads) {}
  void meet() {
    missing.fetch_sub(1);
    while (missing.load() > 0) sched_yield();
  }
};

// What a loop does that waits for another core: it looks again at once, and lets others run now and then.
class Patience {
  unsigned looks = 0;
  const unsigned mask;

 public:
  // Three threads may have to share two cores; then spinning for long would keep the one that is waited for from
  // running.
  explicit Patience(bool sharingCores) : mask(sharingCores ? 0x3F : 0xFFFF) {}
  void wait() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
    if ((++looks & mask) == 0) sched_yield();
  }
};

// MARK: The loops that are timed

template <class Producer>
[[gnu::always_inline]] inline void pushWaiting(Producer &producer, Word word, Patience &patience) {
  while (!producer.push(word)) patience.wait();
}

template <class Consumer>
[[gnu::always_inline]] inline Word popWaiting(Consumer &consumer, Patience &patience) {
  Word word = 0;
  while (!consumer.pop(word)) patience.wait();
  return word;
}

template <class Producer>
[[gnu::noinline]] void timedPush(Producer &producer, std::size_t count, Patience patience) {
  for (Word word = 0; word < count; ++word) pushWaiting(producer, word, patience);
}

template <class Producer>
[[gnu::noinline]] void timedPushBatches(Producer &producer, std::size_t count, std::size_t size, Patience patience) {
  for (std::size_t next = 0; next < count;) {
    const std::size_t pushed = producer.pushBatch(next, std::min(size, count - next));
    next += pushed;
    if (pushed == 0) patience.wait();
  }
}

template <class Consumer>
[[gnu::noinline]] Word timedPop(Consumer &consumer, std::size_t count, Patience patience) {
  Word sum = 0;
  for (std::size_t received = 0; received < count; ++received) sum += popWaiting(consumer, patience);
  return sum;
}

template <class Consumer>
[[gnu::noinline]] Word timedDrain(Consumer &consumer, std::size_t count, Patience patience) {
  Word sum = 0;
  for (std::size_t received = 0; received < count;) {
    const std::size_t taken = consumer.drain([&](Word word) { sum += word; });
    received += taken;
    if (taken == 0) patience.wait();
  }
  return sum;
}

template <class Producer, class Consumer>
[[gnu::noinline]] Word timedPushAndPop(Producer &producer, Consumer &consumer, std::size_t count) {
  Word sum = 0;
  for (Word word = 0, popped = 0; word < count; ++word) {
    if (!producer.push(word) || !consumer.pop(popped)) break;
    sum += popped;
  }
  return sum;
}

// MARK: Their surroundings

// Times from when all threads stand ready until the last word has come. Each producer pushes `count` words.
template <class Queue, class Push, class Drain>
Sample acrossCores(std::size_t capacity, int producers, std::size_t count, Push push, Drain drain) {
  Queue queue(capacity, producers);
  Gate gate(producers + 1);
  const Patience patience(producers > 1);
  std::vector<std::thread> threads;
  for (int index = 1; index <= producers; ++index) {
    threads.emplace_back([&, index] {
      peer::pin(std::size_t(index));
      typename Queue::Producer producer{queue};
      gate.meet();
      push(producer, count, patience);
    });
  }
  typename Queue::Consumer consumer{queue};
  gate.meet();
  const std::uint64_t start = peer::nanoseconds();
  const Word sum = drain(consumer, std::size_t(producers) * count, patience);
  const std::uint64_t elapsed = peer::nanoseconds() - start;
  for (std::thread &thread : threads) thread.join();
  return Sample::perPiece(elapsed, std::size_t(producers) * count, peer::digest(sum));
}

template <class Queue>
Sample oneByOne(std::size_t capacity, int producers, std::size_t count) {
  return acrossCores<Queue>(
      capacity, producers, count,
      [](auto &producer, std::size_t count, Patience patience) { timedPush(producer, count, patience); },
      [](auto &consumer, std::size_t count, Patience patience) { return timedPop(consumer, count, patience); });
}

template <class Queue>
Sample batches(std::size_t capacity, int producers, std::size_t count, std::size_t size) {
  return acrossCores<Queue>(
      capacity, producers, count,
      [size](auto &producer, std::size_t count, Patience patience) {
        timedPushBatches(producer, count, size, patience);
      },
      [](auto &consumer, std::size_t count, Patience patience) { return timedDrain(consumer, count, patience); });
}

template <class Queue>
Sample roundTrips(std::size_t trips) {
  Queue there(capacity, 1), back(capacity, 1);
  Gate gate(2);
  std::thread partner([&] {
    peer::pin(1);
    typename Queue::Consumer consumer{there};
    typename Queue::Producer producer{back};
    Patience patience(false);
    gate.meet();
    for (std::size_t trip = 0; trip < trips; ++trip) pushWaiting(producer, popWaiting(consumer, patience), patience);
  });
  typename Queue::Producer producer{there};
  typename Queue::Consumer consumer{back};
  Patience patience(false);
  std::vector<std::uint64_t> times(trips);
  Word sum = 0;
  gate.meet();
  for (std::size_t trip = 0; trip < trips; ++trip) {
    const std::uint64_t start = peer::nanoseconds();
    pushWaiting(producer, trip, patience);
    sum += popWaiting(consumer, patience);
    times[trip] = peer::nanoseconds() - start;
  }
  partner.join();
  std::sort(times.begin(), times.end());
  return {double(times[trips / 2]), peer::digest(sum), {{"p99", double(times[trips * 99 / 100])}}};
}

template <class Queue>
Sample uncontended(std::size_t count) {
  Queue queue(capacity, 1);
  typename Queue::Producer producer{queue};
  typename Queue::Consumer consumer{queue};
  const std::uint64_t start = peer::nanoseconds();
  const Word sum = timedPushAndPop(producer, consumer, count);
  return Sample::perPiece(peer::nanoseconds() - start, count, peer::digest(sum));
}

// MARK: The works

template <class Queue>
constexpr bool hasBatches = requires(typename Queue::Producer producer) { producer.pushBatch(0, 64); };

template <class Queue>
void addSingle(std::vector<Work> &works) {
  works.push_back({"spsc/one-by-one", Queue::who, "ns/item", [](const Context &context) {
    return oneByOne<Queue>(capacity, 1, context.count(5'000'000));
  }});
  if constexpr (hasBatches<Queue>) {
    works.push_back({"spsc/batch", Queue::who, "ns/item", [](const Context &context) {
      return batches<Queue>(capacity, 1, context.count(20'000'000), 64);
    }});
    works.push_back({"spsc/batch-256", Queue::who, "ns/item", [](const Context &context) {
      return batches<Queue>(capacity, 1, context.count(20'000'000), 256);
    }});
  }
  works.push_back({"spsc/ping-pong", Queue::who, "ns/trip", [](const Context &context) {
    return roundTrips<Queue>(context.count(100'000));
  }});
  works.push_back({"spsc/uncontended", Queue::who, "ns/item", [](const Context &context) {
    return uncontended<Queue>(context.count(5'000'000));
  }});
}

template <class Queue>
void addShared(std::vector<Work> &works) {
  works.push_back({"mpsc/one-by-one", Queue::who, "ns/item", [](const Context &context) {
    return oneByOne<Queue>(sharedCapacity, 2, context.count(2'000'000));
  }});
  if constexpr (hasBatches<Queue>) {
    works.push_back({"mpsc/batch", Queue::who, "ns/item", [](const Context &context) {
      return batches<Queue>(sharedCapacity, 2, context.count(6'400'000), 64);
    }});
  }
  works.push_back({"mpsc/uncontended", Queue::who, "ns/item", [](const Context &context) {
    return uncontended<Queue>(context.count(5'000'000));
  }});
}

int main(int argc, char **argv) {
  std::vector<Work> works;
  addSingle<ReaderWriterQueue>(works);
  addSingle<BoostSingle>(works);
  addShared<ConcurrentQueue>(works);
  addShared<BoostShared>(works);
  addShared<ThreadingBuildingBlocks>(works);
  addShared<UserspaceRCU>(works);
  addShared<Vyukov>(works);
  return peer::main(argc, argv, works);
}
