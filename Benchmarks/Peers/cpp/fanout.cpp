// The works `fan-out/…`, as C++ does them: rounds of publishing a burst and letting each subscriber read all of it, on
// one thread. See FanOutScenarios.swift for what ours do.
#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <memory>
#include <thread>
#include <utility>

#include "peer.hpp"

using peer::Context;
using peer::Sample;
using peer::Work;
using Word = std::uint64_t;

constexpr std::size_t capacity = 1'024;

// A payload that is counted.
struct Payload {
  Word word;
};
using Letter = std::shared_ptr<const Payload>;

inline Word read(Word word) { return word; }
inline Word read(const Letter &letter) { return letter->word; }

struct Rounds {
  std::size_t subscribers;
  std::size_t burst;
  std::size_t count;

  Rounds(const Context &context, std::size_t subscribers, std::size_t burst)
      : subscribers(subscribers), burst(burst), count(context.count(40'000'000) / (subscribers * burst)) {}
  std::size_t deliveries() const { return subscribers * burst * count; }
};

// What is published: `burst` messages a round.
struct Numbers {
  Word operator[](std::size_t index) const { return index; }
};
struct Letters {
  std::vector<Letter> letters;
  Letters() {
    for (Word word = 0; word < capacity; ++word) letters.push_back(std::make_shared<const Payload>(Payload{word}));
  }
  const Letter &operator[](std::size_t index) const { return letters[index & (capacity - 1)]; }
};

// MARK: One ring for all, and a cursor for each subscriber

// A subscriber reads in place, at most two runs of neighbouring places at a time, so that the compiler can add with
// vectors. Who has been overtaken goes on with the oldest message that there is. Nothing keeps a publisher on another
// thread from overwriting what is being read.
template <class Element>
class SharedRing {
  std::unique_ptr<Element[]> places = std::make_unique<Element[]>(capacity);
  alignas(128) std::atomic<std::uint64_t> head = 0;
  std::vector<std::uint64_t> cursors;

  Word addUp(std::size_t from, std::size_t count) const {
    Word sum = 0;
    for (std::size_t index = from; index < from + count; ++index) sum += read(places[index]);
    return sum;
  }

 public:
  static constexpr const char *who = "C++ ring, one thread only";

  explicit SharedRing(std::size_t subscribers) : cursors(subscribers) {}

  template <class Messages>
  void publish(const Messages &messages, std::size_t first, std::size_t count) {
    for (std::size_t index = first; index < first + count; ++index) {
      places[index & (capacity - 1)] = messages[index];
      head.store(index + 1, std::memory_order_release);
    }
  }

  Word drain() {
    Word sum = 0;
    const std::uint64_t end = head.load(std::memory_order_acquire);
    for (std::uint64_t &cursor : cursors) {
      // No runs for a single message. Left to itself, g++ jumps out of the loop for it, which takes twice as long; told
      // that it is likely, it does so for a burst.
      if (__builtin_expect_with_probability(end - cursor == 1, 1, 0.5)) {
        sum += read(places[std::exchange(cursor, end) & (capacity - 1)]);
        continue;
      }
      const std::uint64_t start = end - cursor <= capacity ? cursor : end - capacity;
      const std::size_t from = start & (capacity - 1);
      const std::size_t straight = std::min<std::size_t>(end - start, capacity - from);
      sum += addUp(from, straight) + addUp(0, end - start - straight);
      cursor = end;
    }
    return sum;
  }
};

// MARK: A queue for each subscriber

// A burst is pushed as a batch, queue after queue, which is kinder to the caches than message after message.
template <class Element>
class ManyQueues {
  using Queue = boost::lockfree::spsc_queue<Element, boost::lockfree::capacity<capacity>>;
  std::vector<std::unique_ptr<Queue>> queues;
  std::vector<Element> batch;

 public:
  static constexpr const char *who = "boost spsc_queue, one a subscriber";

  explicit ManyQueues(std::size_t subscribers) {
    for (std::size_t index = 0; index < subscribers; ++index) queues.push_back(std::make_unique<Queue>());
  }

  template <class Messages>
  void publish(const Messages &messages, std::size_t first, std::size_t count) {
    if (count == 1) {
      for (const auto &queue : queues) queue->push(messages[first]);
      return;
    }
    batch.clear();
    for (std::size_t index = first; index < first + count; ++index) batch.push_back(messages[index]);
    for (const auto &queue : queues) queue->push(batch.data(), batch.size());
  }

  Word drain() {
    Word sum = 0;
    for (const auto &queue : queues) queue->consume_all([&](const Element &message) { sum += read(message); });
    return sum;
  }
};

// MARK: The works

template <class Hub, class Messages>
[[gnu::noinline]] Word timedRounds(Hub &hub, const Messages &messages, const Rounds &rounds) {
  Word sum = 0;
  for (std::size_t round = 0; round < rounds.count; ++round) {
    hub.publish(messages, round * rounds.burst, rounds.burst);
    sum += hub.drain();
  }
  return sum;
}

template <class Hub, class Messages>
Work work(const char *name, std::size_t subscribers, std::size_t burst) {
  return {name, Hub::who, "ns/delivery", [=](const Context &context) {
    const Rounds rounds(context, subscribers, burst);
    const Messages messages;
    Hub hub(subscribers);
    const std::uint64_t start = peer::nanoseconds();
    const Word sum = timedRounds(hub, messages, rounds);
    return Sample::perPiece(peer::nanoseconds() - start, rounds.deliveries(), peer::digest(sum));
  }};
}

template <template <class> class Hub>
void add(std::vector<Work> &works) {
  works.push_back(work<Hub<Word>, Numbers>("fan-out/100", 100, 64));
  works.push_back(work<Hub<Word>, Numbers>("fan-out/10k", 10'000, 64));
  works.push_back(work<Hub<Word>, Numbers>("fan-out/10k/single", 10'000, 1));
  works.push_back(work<Hub<Letter>, Letters>("fan-out/10k/reference", 10'000, 64));
}

int main(int argc, char **argv) {
  // A server has threads. As long as there has never been one, shared_ptr counts without atomics.
  std::thread([] {}).join();

  std::vector<Work> works;
  add<SharedRing>(works);
  add<ManyQueues>(works);
  return peer::main(argc, argv, works);
}
