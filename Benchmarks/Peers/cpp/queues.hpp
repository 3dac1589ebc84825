// The queues of C++, each as the works see it: a producer's end with `push`, a consumer's end with `pop`, and, where
// the queue has calls for batches, `pushBatch` and `drain`. Nothing waits: each call says how much it did.
#pragma once

// Inlines what would else be a call of liburcu, as its documentation allows.
#define _LGPL_SOURCE
#include <urcu/wfcqueue.h>

#include <algorithm>
#include <atomic>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <concurrentqueue/concurrentqueue.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <readerwriterqueue/readerwriterqueue.h>
#include <tbb/concurrent_queue.h>
#include <vector>

using Word = std::uint64_t;

// A batch is the words from `first` on. Every queue here takes it from an iterator, so nobody fills a buffer first.
using Words = boost::counting_iterator<Word>;

// MARK: One producer

struct ReaderWriterQueue {
  static constexpr const char *who = "moodycamel ReaderWriterQueue";
  moodycamel::ReaderWriterQueue<Word> queue;

  ReaderWriterQueue(std::size_t capacity, int) : queue(capacity) {}

  struct Producer {
    ReaderWriterQueue &it;
    bool push(Word word) { return it.queue.try_enqueue(word); }
  };
  struct Consumer {
    ReaderWriterQueue &it;
    bool pop(Word &word) { return it.queue.try_dequeue(word); }
  };
};

// Its capacity is known to the compiler.
struct BoostSingle {
  static constexpr const char *who = "boost spsc_queue";
  boost::lockfree::spsc_queue<Word, boost::lockfree::capacity<1'024>> queue;

  BoostSingle(std::size_t, int) {}

  struct Producer {
    BoostSingle &it;
    bool push(Word word) { return it.queue.push(word); }
    std::size_t pushBatch(Word first, std::size_t count) {
      return *it.queue.push(Words(first), Words(first + count)) - first;
    }
  };
  struct Consumer {
    BoostSingle &it;
    bool pop(Word &word) { return it.queue.pop(word); }
    template <class Body>
    std::size_t drain(Body body) { return it.queue.consume_all(body); }
  };
};

// MARK: Several producers

// With tokens, and without a bound: of a fixed size, one producer could take all blocks and keep them for ever.
struct ConcurrentQueue {
  static constexpr const char *who = "moodycamel ConcurrentQueue";
  moodycamel::ConcurrentQueue<Word> queue;

  ConcurrentQueue(std::size_t capacity, int producers) : queue(capacity, std::size_t(producers), 0) {}

  struct Producer {
    ConcurrentQueue &it;
    moodycamel::ProducerToken token{it.queue};
    bool push(Word word) { return it.queue.enqueue(token, word); }
    std::size_t pushBatch(Word first, std::size_t count) {
      return it.queue.enqueue_bulk(token, Words(first), count) ? count : 0;
    }
  };
  struct Consumer {
    ConcurrentQueue &it;
    moodycamel::ConsumerToken token{it.queue};
    Word words[256] = {};
    bool pop(Word &word) { return it.queue.try_dequeue(token, word); }
    template <class Body>
    std::size_t drain(Body body) {
      const std::size_t taken = it.queue.try_dequeue_bulk(token, words, std::size(words));
      for (std::size_t index = 0; index < taken; ++index) body(words[index]);
      return taken;
    }
  };
};

// The one with a fixed size; it cannot have more than 65,534 places.
struct BoostShared {
  static constexpr const char *who = "boost lockfree::queue";
  boost::lockfree::queue<Word, boost::lockfree::fixed_sized<true>> queue;

  BoostShared(std::size_t capacity, int) : queue(std::min<std::size_t>(capacity, 65'534)) {}

  struct Producer {
    BoostShared &it;
    bool push(Word word) { return it.queue.bounded_push(word); }
  };
  struct Consumer {
    BoostShared &it;
    bool pop(Word &word) { return it.queue.pop(word); }
  };
};

struct ThreadingBuildingBlocks {
  static constexpr const char *who = "TBB concurrent_bounded_queue";
  tbb::concurrent_bounded_queue<Word> queue;

  ThreadingBuildingBlocks(std::size_t capacity, int) { queue.set_capacity(std::ptrdiff_t(capacity)); }

  struct Producer {
    ThreadingBuildingBlocks &it;
    bool push(Word word) { return it.queue.try_push(word); }
  };
  struct Consumer {
    ThreadingBuildingBlocks &it;
    bool pop(Word &word) { return it.queue.try_pop(word); }
  };
};

// A list without a bound of its own. Its nodes come from a pool for each producer, which reuses them in the order in
// which they come back, so nothing is allocated, and the pools are the bound.
class UserspaceRCU {
  struct Pool;
  struct Node {
    cds_wfcq_node link;
    Word word;
    Pool *pool;
  };
  struct alignas(128) Pool {
    std::vector<Node> nodes;
    std::atomic<std::size_t> returned = 0;
  };

  alignas(128) __cds_wfcq_head head;
  alignas(128) cds_wfcq_tail tail;
  std::vector<Pool> pools;
  std::atomic<std::size_t> taken = 0;

  static cds_wfcq_head_ptr_t list(__cds_wfcq_head &head) { return __cds_wfcq_head_cast(&head); }

 public:
  static constexpr const char *who = "liburcu wfcqueue, nodes from a pool";

  UserspaceRCU(std::size_t capacity, int producers) : pools(std::size_t(producers)) {
    __cds_wfcq_init(&head, &tail);
    for (Pool &pool : pools) pool.nodes.assign(capacity / pools.size(), Node{{}, 0, &pool});
  }

  class Producer {
    UserspaceRCU &it;
    Pool &pool;
    std::size_t used = 0;
    std::size_t returned = 0;

    // How many of `count` nodes can be had.
    std::size_t room(std::size_t count) {
      if (used - returned + count > pool.nodes.size()) returned = pool.returned.load(std::memory_order_acquire);
      return std::min(count, pool.nodes.size() - (used - returned));
    }

    Node *next(Word word) {
      Node *node = &pool.nodes[used++ & (pool.nodes.size() - 1)];
      cds_wfcq_node_init(&node->link);
      node->word = word;
      return node;
    }

   public:
    Producer(UserspaceRCU &queue) : it(queue), pool(queue.pools[queue.taken++]) {}

    bool push(Word word) {
      if (room(1) == 0) return false;
      cds_wfcq_enqueue(list(it.head), &it.tail, &next(word)->link);
      return true;
    }

    // A batch is a list of its own first, linked up without atomics, and then appended as a whole.
    std::size_t pushBatch(Word first, std::size_t count) {
      count = room(count);
      if (count == 0) return 0;
      __cds_wfcq_head batch;
      cds_wfcq_tail end;
      __cds_wfcq_init(&batch, &end);
      cds_wfcq_node *last = &batch.node;
      for (std::size_t index = 0; index < count; ++index) {
        last->next = &next(first + index)->link;
        last = last->next;
      }
      end.p = last;
      __cds_wfcq_splice_nonblocking(list(it.head), &it.tail, list(batch), &end);
      return count;
    }
  };

  class Consumer {
    UserspaceRCU &it;
    __cds_wfcq_head batch;
    cds_wfcq_tail end;

    static bool take(__cds_wfcq_head &head, cds_wfcq_tail &tail, Word &word) {
      cds_wfcq_node *link = __cds_wfcq_dequeue_nonblocking(list(head), &tail);
      if (link == nullptr || link == CDS_WFCQ_WOULDBLOCK) return false;
      Node *node = reinterpret_cast<Node *>(link);
      word = node->word;
      std::atomic<std::size_t> &returned = node->pool->returned;
      returned.store(returned.load(std::memory_order_relaxed) + 1, std::memory_order_release);
      return true;
    }

   public:
    Consumer(UserspaceRCU &queue) : it(queue) { __cds_wfcq_init(&batch, &end); }

    bool pop(Word &word) { return take(it.head, it.tail, word); }

    // Takes the whole list, and then its nodes.
    template <class Body>
    std::size_t drain(Body body) {
      if (cds_wfcq_empty(list(batch), &end)) __cds_wfcq_splice_nonblocking(list(batch), &end, list(it.head), &it.tail);
      std::size_t taken = 0;
      for (Word word; take(batch, end, word); ++taken) body(word);
      return taken;
    }
  };
};

// Vyukov's bounded queue, as it is written out in many a code base: a place says itself for which turn it is ready.
// With one consumer its end needs no compare-and-swap.
class Vyukov {
  struct Place {
    std::atomic<std::size_t> turn;
    Word word;
  };

  const std::size_t mask;
  const std::unique_ptr<Place[]> places;
  alignas(128) std::atomic<std::size_t> pushed = 0;
  alignas(128) std::size_t popped = 0;

 public:
  static constexpr const char *who = "Vyukov's bounded queue";

  Vyukov(std::size_t capacity, int) : mask(capacity - 1), places(new Place[capacity]) {
    for (std::size_t turn = 0; turn < capacity; ++turn) places[turn].turn.store(turn, std::memory_order_relaxed);
  }

  struct Producer {
    Vyukov &it;
    bool push(Word word) {
      std::size_t turn = it.pushed.load(std::memory_order_relaxed);
      while (true) {
        Place &place = it.places[turn & it.mask];
        const auto ahead = std::ptrdiff_t(place.turn.load(std::memory_order_acquire) - turn);
        if (ahead < 0) return false;
        if (ahead > 0) {
          turn = it.pushed.load(std::memory_order_relaxed);
        } else if (it.pushed.compare_exchange_weak(turn, turn + 1, std::memory_order_relaxed)) {
          place.word = word;
          place.turn.store(turn + 1, std::memory_order_release);
          return true;
        }
      }
    }
  };
  struct Consumer {
    Vyukov &it;
    bool pop(Word &word) {
      Place &place = it.places[it.popped & it.mask];
      if (place.turn.load(std::memory_order_acquire) != it.popped + 1) return false;
      word = place.word;
      place.turn.store(it.popped + it.mask + 1, std::memory_order_release);
      it.popped += 1;
      return true;
    }
  };
};
