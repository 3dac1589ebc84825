// A million timeouts of which nine in ten are cancelled, in C++: an intrusive hierarchical wheel as kernels have it,
// and what the standard library offers.
#include <map>
#include <memory>
#include <queue>

#include "peer.hpp"

namespace {

// A wheel of four levels, of 256 and three times 64 places, each a circular list of the timers themselves.
class Wheel {
 public:
  struct Timer {
    Timer *next, *previous;
    std::uint64_t deadline;
    std::uint64_t payload;
  };

  Wheel() {
    for (Timer &head : first_) head.next = head.previous = &head;
    for (auto &level : further_)
      for (Timer &head : level) head.next = head.previous = &head;
  }

  void schedule(Timer *timer) {
    const std::uint64_t distance = timer->deadline - now_, deadline = timer->deadline;
    if (distance < 1 << 8) {
      append(first_[deadline & 255], timer);
    } else if (distance < 1 << 14) {
      append(further_[0][deadline >> 8 & 63], timer);
    } else if (distance < 1 << 20) {
      append(further_[1][deadline >> 14 & 63], timer);
    } else {
      append(further_[2][deadline >> 20 & 63], timer);
    }
  }

  static void cancel(Timer *timer) {
    timer->next->previous = timer->previous;
    timer->previous->next = timer->next;
  }

  // Lets the timers of this tick expire, and goes on to the next one.
  template <class Expire>
  void tick(Expire expire) {
    drain(first_[now_ & 255], expire);
    ++now_;
    if ((now_ & 255) != 0) return;
    const auto again = [this](Timer *timer) { schedule(timer); };
    drain(further_[0][now_ >> 8 & 63], again);
    if ((now_ >> 8 & 63) != 0) return;
    drain(further_[1][now_ >> 14 & 63], again);
    if ((now_ >> 14 & 63) == 0) drain(further_[2][now_ >> 20 & 63], again);
  }

 private:
  Timer first_[256], further_[3][64];
  std::uint64_t now_ = 0;

  static void append(Timer &head, Timer *timer) {
    timer->previous = head.previous;
    timer->next = &head;
    head.previous->next = timer;
    head.previous = timer;
  }

  template <class Body>
  static void drain(Timer &head, Body body) {
    Timer *timer = head.next;
    head.next = head.previous = &head;
    while (timer != &head) {
      Timer *next = timer->next;
      body(timer);
      timer = next;
    }
  }
};

// Each way to keep timers is a class of this form: a timer is known by its place in the input.
class WheelTimers {
 public:
  explicit WheelTimers(std::size_t count) : timers_(count) {}

  void schedule(std::uint32_t index, std::uint32_t deadline) {
    timers_[index].deadline = deadline;
    timers_[index].payload = index;
    wheel_->schedule(&timers_[index]);
  }

  void cancel(std::uint32_t index) { Wheel::cancel(&timers_[index]); }

  template <class Expire>
  void advance(std::uint32_t, Expire expire) {
    wheel_->tick([&](Wheel::Timer *timer) { expire(timer->payload); });
  }

 private:
  std::unique_ptr<Wheel> wheel_ = std::make_unique<Wheel>();
  std::vector<Wheel::Timer> timers_;
};

// A heap cannot remove from its middle: what is cancelled is marked, and dropped when it comes up.
class HeapTimers {
 public:
  explicit HeapTimers(std::size_t count) : cancelled_(count) {
    std::vector<Timer> room;
    room.reserve(count);
    queue_ = Queue({}, std::move(room));
  }

  void schedule(std::uint32_t index, std::uint32_t deadline) { queue_.push({deadline, index}); }

  void cancel(std::uint32_t index) { cancelled_[index] = 1; }

  template <class Expire>
  void advance(std::uint32_t tick, Expire expire) {
    while (!queue_.empty() && queue_.top().first <= tick) {
      const std::uint32_t index = queue_.top().second;
      queue_.pop();
      if (!cancelled_[index]) expire(index);
    }
  }

 private:
  using Timer = std::pair<std::uint32_t, std::uint32_t>;
  using Queue = std::priority_queue<Timer, std::vector<Timer>, std::greater<Timer>>;
  Queue queue_;
  std::vector<std::uint8_t> cancelled_;
};

class TreeTimers {
 public:
  explicit TreeTimers(std::size_t count) : places_(count) {}

  void schedule(std::uint32_t index, std::uint32_t deadline) { places_[index] = tree_.emplace(deadline, index); }

  void cancel(std::uint32_t index) { tree_.erase(places_[index]); }

  template <class Expire>
  void advance(std::uint32_t tick, Expire expire) {
    while (!tree_.empty() && tree_.begin()->first <= tick) {
      expire(tree_.begin()->second);
      tree_.erase(tree_.begin());
    }
  }

 private:
  using Tree = std::multimap<std::uint32_t, std::uint32_t>;
  Tree tree_;
  std::vector<Tree::iterator> places_;
};

template <class Timers>
[[gnu::noinline]] void timedSchedule(Timers &timers, const std::vector<std::uint32_t> &deadlines) {
  for (std::uint32_t index = 0; index < deadlines.size(); ++index) timers.schedule(index, deadlines[index]);
}

template <class Timers>
[[gnu::noinline]] void timedCancel(Timers &timers, const std::vector<std::uint32_t> &cancelled) {
  for (const std::uint32_t index : cancelled) timers.cancel(index);
}

// Says of each timer that it came, and at which tick.
template <class Timers>
[[gnu::noinline]] std::uint64_t timedExpire(Timers &timers, std::uint32_t ticks) {
  std::uint64_t hash = 0;
  for (std::uint32_t tick = 0; tick < ticks; ++tick)
    timers.advance(tick, [&](std::uint64_t payload) { hash += payload * (tick + 1); });
  return hash;
}

template <class Timers>
[[gnu::noinline]] std::uint64_t timedChurn(Timers &timers, std::size_t count) {
  std::uint64_t sum = 0;
  for (std::size_t pair = 0; pair < count; ++pair) {
    const std::uint32_t index = pair & 1'023;
    timers.schedule(index, 30'000 + index);
    timers.cancel(index);
    sum += pair;
  }
  return sum;
}

enum class Phase { schedule, cancel, expire, life };

template <class Timers>
peer::Sample cycle(const peer::Context &context, Phase phase) {
  auto deadlines = context.load<std::uint32_t>("timer-ticks");
  const auto cancelled = context.load<std::uint32_t>("timer-cancelled");
  const std::uint32_t ticks = *std::max_element(deadlines.begin(), deadlines.end()) + 1;
  Timers timers(deadlines.size());
  const std::uint64_t start = peer::nanoseconds();
  timedSchedule(timers, deadlines);
  const std::uint64_t scheduled = peer::nanoseconds();
  timedCancel(timers, cancelled);
  const std::uint64_t rest = peer::nanoseconds();
  const std::uint64_t hash = timedExpire(timers, ticks);
  const std::uint64_t end = peer::nanoseconds();
  switch (phase) {
    case Phase::schedule: return peer::Sample::perPiece(scheduled - start, deadlines.size(), hash);
    case Phase::cancel: return peer::Sample::perPiece(rest - scheduled, cancelled.size(), hash);
    case Phase::expire: return peer::Sample::perPiece(end - rest, deadlines.size() - cancelled.size(), hash);
    case Phase::life: return peer::Sample::perPiece(end - start, deadlines.size(), hash);
  }
  std::abort();
}

template <class Timers>
peer::Sample churn(const peer::Context &context) {
  const std::size_t count = context.count(10'000'000);
  Timers timers(1'024);
  const std::uint64_t start = peer::nanoseconds();
  const std::uint64_t sum = timedChurn(timers, count);
  return peer::Sample::perPiece(peer::nanoseconds() - start, count, peer::digest(sum));
}

template <class Timers>
void add(std::vector<peer::Work> &works, const char *who, bool removes) {
  using peer::Context;
  const auto phase = [&](const char *name, Phase phase) {
    works.push_back({name, who, "ns/timer", [phase](const Context &context) { return cycle<Timers>(context, phase); }});
  };
  phase("timers/schedule", Phase::schedule);
  if (removes) phase("timers/cancel", Phase::cancel);
  phase("timers/expire", Phase::expire);
  phase("timers/life", Phase::life);
  if (removes) works.push_back({"timers/churn", who, "ns/pair", churn<Timers>});
}

}  // namespace

int main(int argc, char **argv) {
  std::vector<peer::Work> works;
  add<WheelTimers>(works, "C++ hierarchical wheel", true);
  // It only marks what is cancelled, and pays for it when it expires; an hour of churn would let its heap only grow.
  add<HeapTimers>(works, "C++ priority_queue (lazy cancel)", false);
  add<TreeTimers>(works, "C++ multimap", true);
  return peer::main(argc, argv, works);
}
