//! The works `spsc/…` and `mpsc/…`, as the queues of Rust do them. See QueueScenarios.swift for what ours do: the same
//! words, the same bounds, the consumer on the first core and the producers on the next ones.
//!
//! None of them has calls for batches on both ends, so they are not among the works with batches. All are asked without
//! blocking, in loops like ours: the calls that park a thread gain a tenth at best, and lose a hundredfold in round
//! trips.

use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{mpsc, Arc};
use std::thread;
use std::time::Instant;

use peer::{digest, pin, Context, Sample, Work};

const CAPACITY: usize = 1_024;
const SHARED_CAPACITY: usize = 65_536;

/// A queue with its two ends. An end says whether there was room, or a word.
trait Queue: 'static {
    const WHO: &'static str;
    type Producer: Clone + Send;
    type Consumer: Send;
    fn make(capacity: usize) -> (Self::Producer, Self::Consumer);
    fn push(producer: &Self::Producer, word: u64) -> bool;
    fn pop(consumer: &mut Self::Consumer) -> Option<u64>;
}

struct ArrayQueue;
impl Queue for ArrayQueue {
    const WHO: &'static str = "crossbeam ArrayQueue";
    type Producer = Arc<crossbeam::queue::ArrayQueue<u64>>;
    type Consumer = Arc<crossbeam::queue::ArrayQueue<u64>>;
    fn make(capacity: usize) -> (Self::Producer, Self::Consumer) {
        let queue = Arc::new(crossbeam::queue::ArrayQueue::new(capacity));
        (queue.clone(), queue)
    }
    fn push(producer: &Self::Producer, word: u64) -> bool {
        producer.push(word).is_ok()
    }
    fn pop(consumer: &mut Self::Consumer) -> Option<u64> {
        consumer.pop()
    }
}

/// A channel: they differ in nothing but their names.
macro_rules! channel {
    ($name:ident, $who:literal, $make:path, $producer:ty, $consumer:ty) => {
        struct $name;
        impl Queue for $name {
            const WHO: &'static str = $who;
            type Producer = $producer;
            type Consumer = $consumer;
            fn make(capacity: usize) -> (Self::Producer, Self::Consumer) {
                $make(capacity)
            }
            fn push(producer: &Self::Producer, word: u64) -> bool {
                producer.try_send(word).is_ok()
            }
            fn pop(consumer: &mut Self::Consumer) -> Option<u64> {
                consumer.try_recv().ok()
            }
        }
    };
}
channel!(
    Crossbeam, "crossbeam channel", crossbeam::channel::bounded,
    crossbeam::channel::Sender<u64>, crossbeam::channel::Receiver<u64>
);
channel!(Flume, "flume", flume::bounded, flume::Sender<u64>, flume::Receiver<u64>);
channel!(
    Tokio, "tokio mpsc", tokio::sync::mpsc::channel,
    tokio::sync::mpsc::Sender<u64>, tokio::sync::mpsc::Receiver<u64>
);
channel!(Standard, "Rust sync_channel", mpsc::sync_channel, mpsc::SyncSender<u64>, mpsc::Receiver<u64>);

/// Where threads meet before what they do together is timed.
struct Gate(AtomicUsize);

impl Gate {
    fn new(threads: usize) -> Arc<Self> {
        Arc::new(Gate(AtomicUsize::new(threads)))
    }

    fn meet(&self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
        while self.0.load(Ordering::Acquire) > 0 {
            thread::yield_now();
        }
    }
}

/// What a loop does that waits for another core: it looks again at once, and lets others run now and then.
#[derive(Clone, Copy)]
struct Patience {
    looks: u32,
    mask: u32,
}

impl Patience {
    /// Three threads may have to share two cores; then spinning for long would keep the one that is waited for from
    /// running.
    fn new(sharing_cores: bool) -> Self {
        Patience { looks: 0, mask: if sharing_cores { 0x3F } else { 0xFFFF } }
    }

    fn wait(&mut self) {
        hint::spin_loop();
        self.looks = self.looks.wrapping_add(1);
        if self.looks & self.mask == 0 {
            thread::yield_now();
        }
    }
}

// The loops that are timed.

#[inline(always)]
fn push_waiting<Q: Queue>(producer: &Q::Producer, word: u64, patience: &mut Patience) {
    while !Q::push(producer, word) {
        patience.wait();
    }
}

#[inline(always)]
fn pop_waiting<Q: Queue>(consumer: &mut Q::Consumer, patience: &mut Patience) -> u64 {
    loop {
        match Q::pop(consumer) {
            Some(word) => return word,
            None => patience.wait(),
        }
    }
}

#[inline(never)]
fn timed_push<Q: Queue>(producer: &Q::Producer, count: usize, mut patience: Patience) {
    for word in 0..count as u64 {
        push_waiting::<Q>(producer, word, &mut patience);
    }
}

#[inline(never)]
fn timed_pop<Q: Queue>(consumer: &mut Q::Consumer, count: usize, mut patience: Patience) -> u64 {
    (0..count).fold(0u64, |sum, _| sum.wrapping_add(pop_waiting::<Q>(consumer, &mut patience)))
}

#[inline(never)]
fn timed_push_and_pop<Q: Queue>(producer: &Q::Producer, consumer: &mut Q::Consumer, count: usize) -> u64 {
    let mut sum = 0u64;
    for word in 0..count as u64 {
        if !Q::push(producer, word) {
            break;
        }
        match Q::pop(consumer) {
            Some(popped) => sum = sum.wrapping_add(popped),
            None => break,
        }
    }
    sum
}

// Their surroundings.

/// Times from when all threads stand ready until the last word has come. Each producer pushes `count` words.
fn one_by_one<Q: Queue>(capacity: usize, producers: usize, count: usize) -> Sample {
    let patience = Patience::new(producers > 1);
    let gate = Gate::new(producers + 1);
    let (producer, mut consumer) = Q::make(capacity);
    thread::scope(|scope| {
        for index in 1..=producers {
            let (producer, gate) = (producer.clone(), gate.clone());
            scope.spawn(move || {
                pin(index);
                gate.meet();
                timed_push::<Q>(&producer, count, patience);
            });
        }
        gate.meet();
        let start = Instant::now();
        let sum = timed_pop::<Q>(&mut consumer, producers * count, patience);
        Sample::per_piece(start.elapsed().as_nanos(), producers * count, Some(digest(&[sum])))
    })
}

fn round_trips<Q: Queue>(trips: usize) -> Sample {
    let mut patience = Patience::new(false);
    let gate = Gate::new(2);
    let (there, mut arriving) = Q::make(CAPACITY);
    let (back, mut returning) = Q::make(CAPACITY);
    thread::scope(|scope| {
        let partners = gate.clone();
        scope.spawn(move || {
            pin(1);
            partners.meet();
            for _ in 0..trips {
                let word = pop_waiting::<Q>(&mut arriving, &mut patience);
                push_waiting::<Q>(&back, word, &mut patience);
            }
        });
        let mut times = vec![0; trips];
        let mut sum = 0u64;
        gate.meet();
        for trip in 0..trips {
            let start = Instant::now();
            push_waiting::<Q>(&there, trip as u64, &mut patience);
            sum = sum.wrapping_add(pop_waiting::<Q>(&mut returning, &mut patience));
            times[trip] = start.elapsed().as_nanos();
        }
        times.sort_unstable();
        let mut sample = Sample::new(times[trips / 2] as f64, Some(digest(&[sum])));
        sample.further = vec![("p99", times[trips * 99 / 100] as f64)];
        sample
    })
}

fn uncontended<Q: Queue>(count: usize) -> Sample {
    let (producer, mut consumer) = Q::make(CAPACITY);
    let start = Instant::now();
    let sum = timed_push_and_pop::<Q>(&producer, &mut consumer, count);
    Sample::per_piece(start.elapsed().as_nanos(), count, Some(digest(&[sum])))
}

fn works<Q: Queue>() -> Vec<Work> {
    let alone = |context: &Context| uncontended::<Q>(context.count(5_000_000));
    vec![
        Work::new("spsc/one-by-one", Q::WHO, "ns/item", |context| {
            one_by_one::<Q>(CAPACITY, 1, context.count(5_000_000))
        }),
        Work::new("spsc/ping-pong", Q::WHO, "ns/trip", |context| round_trips::<Q>(context.count(100_000))),
        Work::new("spsc/uncontended", Q::WHO, "ns/item", alone),
        Work::new("mpsc/one-by-one", Q::WHO, "ns/item", |context| {
            one_by_one::<Q>(SHARED_CAPACITY, 2, context.count(2_000_000))
        }),
        Work::new("mpsc/uncontended", Q::WHO, "ns/item", alone),
    ]
}

fn main() {
    let all = [works::<ArrayQueue>(), works::<Crossbeam>(), works::<Flume>(), works::<Tokio>(), works::<Standard>()];
    peer::main(all.into_iter().flatten().collect());
}
