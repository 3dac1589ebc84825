// Messages of many streams put in order, in C++: what a performance-minded team writes, and what everybody writes.
//
// Both keep the rules of the library's `baseline/…` scenarios: a window of 1,024, and a gap is given up 5 s after it
// opened.
#include <absl/container/flat_hash_map.h>
#include <malloc.h>

#include <deque>
#include <map>
#include <memory>
#include <unordered_map>

#include "peer.hpp"

namespace {

// As `bench` exports it.
struct Record {
  std::uint64_t key;
  std::uint32_t number;
  std::uint32_t conversation;

  std::uint64_t payload() const { return std::uint64_t(conversation) << 32 | number; }
};

// What came out. Counted in four lanes, so that no message waits until the one before has been counted.
struct Tally {
  struct Lane {
    std::uint64_t delivered = 0;
    std::uint64_t sum = 0;
  };

  Lane lanes[4];
  std::uint64_t skipped = 0;
  std::uint64_t rejected = 0;

  void deliver(std::uint64_t payload) {
    Lane &lane = lanes[payload & 3];
    lane.delivered += 1;
    lane.sum += payload;
  }

  std::uint64_t hash() const {
    Lane all;
    for (const Lane &lane : lanes) {
      all.delivered += lane.delivered;
      all.sum += lane.sum;
    }
    const std::uint64_t requested = 0;
    return peer::digest(all.delivered, all.sum, skipped, requested, rejected);
  }
};

constexpr std::uint64_t window = 1'024;
constexpr std::uint64_t timeout = 5'000'000'000;

// Messages that wait: a bit and a slot for each number from the next one on. It exists only while something waits, and
// grows with the distance.
class Waiting {
 public:
  explicit Waiting(std::uint64_t number) : highest_(number) { resize(smallest); }

  std::uint64_t highest() const { return highest_; }
  bool empty() const { return count_ == 0; }
  bool contains(std::uint64_t number) const { return number <= highest_ && (word(number) >> (number & 63) & 1); }

  void insert(std::uint64_t number, std::uint64_t payload, std::uint64_t next) {
    if (number - next > mask_) grow(next, number - next);
    word(number) |= std::uint64_t(1) << (number & 63);
    slot(number) = payload;
    highest_ = std::max(highest_, number);
    ++count_;
  }

  std::uint64_t remove(std::uint64_t number) {
    word(number) &= ~(std::uint64_t(1) << (number & 63));
    --count_;
    return slot(number);
  }

 private:
  // One word of bits.
  static constexpr std::uint64_t smallest = 64;

  // Bits first, slots behind them. A number has the same place in both as long as the capacity is the same.
  std::unique_ptr<std::uint64_t[]> words_;
  std::uint64_t mask_ = 0;
  std::uint64_t highest_;
  std::uint64_t count_ = 0;

  std::uint64_t &word(std::uint64_t number) { return words_[(number & mask_) >> 6]; }
  std::uint64_t word(std::uint64_t number) const { return words_[(number & mask_) >> 6]; }
  std::uint64_t &slot(std::uint64_t number) { return words_[(mask_ + 1) / 64 + (number & mask_)]; }

  void resize(std::uint64_t capacity) {
    words_.reset(new std::uint64_t[capacity / 64 + capacity]);
    std::fill_n(words_.get(), capacity / 64, 0);
    mask_ = capacity - 1;
  }

  void grow(std::uint64_t next, std::uint64_t distance) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> kept;
    for (std::uint64_t number = next; number <= highest_; ++number)
      if (contains(number)) kept.emplace_back(number, slot(number));
    resize(std::bit_ceil(distance + 1));
    count_ = 0;
    for (const auto &[number, payload] : kept) insert(number, payload, next);
  }
};

// The best C++ that we know.
struct BitmapStream {
  std::uint64_t next = 1;
  std::unique_ptr<Waiting> waiting;

  // Whether the message opens a gap.
  bool receive(std::uint64_t payload, std::uint64_t number, Tally &tally) {
    if (number == next) [[likely]] {
      tally.deliver(payload);
      ++next;
      if (waiting) deliverWaiting(tally);
      return false;
    }
    if (number < next || (waiting && waiting->contains(number))) return false;
    if (number - next >= window) {
      ++tally.rejected;
      return false;
    }
    const std::uint64_t known = waiting ? waiting->highest() : next - 1;
    if (!waiting) waiting = std::make_unique<Waiting>(number);
    waiting->insert(number, payload, next);
    return number > known + 1;
  }

  void giveUp(std::uint64_t below, Tally &tally) {
    for (; next < below; ++next) {
      if (waiting && waiting->contains(next)) {
        tally.deliver(waiting->remove(next));
      } else {
        ++tally.skipped;
      }
    }
    if (waiting) deliverWaiting(tally);
  }

 private:
  void deliverWaiting(Tally &tally) {
    while (waiting->contains(next)) tally.deliver(waiting->remove(next++));
    if (waiting->empty()) waiting.reset();
  }
};

// What the standard library offers.
struct TreeStream {
  std::uint64_t next = 1;
  std::map<std::uint64_t, std::uint64_t> waiting;

  // Whether the message opens a gap.
  bool receive(std::uint64_t payload, std::uint64_t number, Tally &tally) {
    if (number == next) [[likely]] {
      tally.deliver(payload);
      ++next;
      if (!waiting.empty()) deliverWaiting(tally);
      return false;
    }
    if (number < next || waiting.contains(number)) return false;
    if (number - next >= window) {
      ++tally.rejected;
      return false;
    }
    const std::uint64_t known = waiting.empty() ? next - 1 : waiting.rbegin()->first;
    waiting.emplace(number, payload);
    return number > known + 1;
  }

  void giveUp(std::uint64_t below, Tally &tally) {
    while (next < below) {
      const std::uint64_t first = waiting.empty() ? below : std::min(waiting.begin()->first, below);
      tally.skipped += first - next;
      next = first;
      deliverWaiting(tally);
    }
    deliverWaiting(tally);
  }

 private:
  void deliverWaiting(Tally &tally) {
    auto first = waiting.begin();
    while (first != waiting.end() && first->first == next) {
      tally.deliver(first->second);
      first = waiting.erase(first);
      ++next;
    }
  }
};

// Streams by their key, and the gaps in the order of their deadlines: the timeout is the same for all.
template <class Streams>
class Ordering {
 public:
  Tally tally;

  std::size_t count() const { return streams_.size(); }

  void receive(const Record &record, std::uint64_t now) {
    if (streams_[record.key].receive(record.payload(), record.number, tally))
      gaps_.push_back({now + timeout, record.key, record.number});
  }

  void advance(std::uint64_t now) {
    while (!gaps_.empty() && gaps_.front().deadline <= now) {
      const Gap gap = gaps_.front();
      gaps_.pop_front();
      streams_[gap.key].giveUp(gap.above, tally);
    }
  }

 private:
  struct Gap {
    std::uint64_t deadline;
    std::uint64_t key;
    // The message that opened it: everything missing below is given up at the deadline.
    std::uint64_t above;
  };

  Streams streams_;
  std::deque<Gap> gaps_;
};

// Simulated time: read once for 64 messages, as a server reads it once for all that a socket had.
struct Clock {
  std::uint64_t nanosecondsPerMessage;
  std::uint64_t now = 0;
  static constexpr std::size_t burst = 64;

  void pass() { now += burst * nanosecondsPerMessage; }
};

template <class Streams>
[[gnu::noinline]] void timedReceive(Ordering<Streams> &ordering, const Record *first, const Record *last,
                                    Clock &clock) {
  while (first != last) {
    const Record *end = first + std::min(Clock::burst, std::size_t(last - first));
    for (; first != end; ++first) ordering.receive(*first, clock.now);
    ordering.advance(clock.now);
    clock.pass();
  }
}

// An input, kept for the repetition that counts.
const std::vector<Record> &records(const peer::Context &context, const char *name) {
  static std::string loaded;
  static std::vector<Record> records;
  if (loaded != name) {
    records = context.load<Record>(name);
    loaded = name;
  }
  return records;
}

// The messages that open streams stand first, one of each.
std::size_t streams(const std::vector<Record> &records) {
  const auto second = std::find_if(records.begin(), records.end(), [](const Record &r) { return r.number > 1; });
  return std::size_t(second - records.begin());
}

template <class Streams>
peer::Sample steady(const peer::Context &context, const char *input, bool opens, std::uint64_t nanosecondsPerMessage) {
  const std::vector<Record> &all = records(context, input);
  const Record *timed = all.data() + (opens ? streams(all) : 0);
  const std::size_t count = context.count(std::size_t(all.data() + all.size() - timed));
  auto ordering = std::make_unique<Ordering<Streams>>();
  Clock clock{nanosecondsPerMessage};
  timedReceive(*ordering, all.data(), timed, clock);
  const std::uint64_t start = peer::nanoseconds();
  timedReceive(*ordering, timed, timed + count, clock);
  return peer::Sample::perPiece(peer::nanoseconds() - start, count, ordering->tally.hash());
}

template <class Streams>
peer::Sample open(const peer::Context &context) {
  const std::vector<Record> &all = records(context, "in-order");
  const std::size_t count = streams(all);
  auto ordering = std::make_unique<Ordering<Streams>>();
  Clock clock{10};
  const std::uint64_t start = peer::nanoseconds();
  timedReceive(*ordering, all.data(), all.data() + count, clock);
  return peer::Sample::perPiece(peer::nanoseconds() - start, count, ordering->tally.hash());
}

template <class Streams>
peer::Sample idleBytes(const peer::Context &context) {
  const std::vector<Record> &all = records(context, "in-order");
  malloc_trim(0);
  const std::uint64_t before = peer::residentBytes();
  auto ordering = std::make_unique<Ordering<Streams>>();
  Clock clock{10};
  timedReceive(*ordering, all.data(), all.data() + streams(all), clock);
  // What the tables left behind while they grew is the allocator's to give back.
  malloc_trim(0);
  const double bytes = double(peer::residentBytes() - before);
  return {bytes / double(ordering->count()), peer::digest(ordering->count())};
}

template <class Streams>
std::vector<peer::Work> works(const char *who) {
  using peer::Context;
  // Between two messages of the lossy input passes so much that a stream sees five of its own until a gap is given up.
  const auto lost = [](const Context &context) {
    return steady<Streams>(context, "lost", true, 1'000'000'000 / streams(records(context, "lost")));
  };
  return {
      {"sequencer/in-order/one-stream", who, "ns/message",
       [](const Context &context) { return steady<Streams>(context, "one-stream", false, 10); }},
      {"sequencer/in-order/1M-streams", who, "ns/message",
       [](const Context &context) { return steady<Streams>(context, "in-order", true, 10); }},
      {"sequencer/displaced/1M-streams", who, "ns/message",
       [](const Context &context) { return steady<Streams>(context, "displaced", true, 10); }},
      {"sequencer/lost/1M-streams", who, "ns/message", lost},
      {"sequencer/open", who, "ns/stream", open<Streams>},
      {"sequencer/idle-bytes", who, "bytes/stream", idleBytes<Streams>},
  };
}

}  // namespace

int main(int argc, char **argv) {
  auto all = works<absl::flat_hash_map<std::uint64_t, BitmapStream>>("C++ absl::flat_hash_map + bitmap");
  for (auto &work : works<std::unordered_map<std::uint64_t, TreeStream>>("C++ unordered_map + map"))
    all.push_back(work);
  return peer::main(argc, argv, all);
}
