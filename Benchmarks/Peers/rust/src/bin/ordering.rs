//! Messages of many streams put in order, in Rust: what the standard library offers.
//!
//! It keeps the rules of the library's `baseline/…` scenarios: a window of 1,024, and a gap is given up 5 s after it
//! opened.

use peer::{digest, Context, Sample, Work};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;
use std::time::Instant;

const WINDOW: u64 = 1_024;
const TIMEOUT: u64 = 5_000_000_000;

/// As `bench` exports it.
struct Record {
    key: u64,
    number: u32,
    conversation: u32,
}

impl Record {
    fn payload(&self) -> u64 {
        u64::from(self.conversation) << 32 | u64::from(self.number)
    }
}

/// What came out. Counted in four lanes, so that no message waits until the one before has been counted.
#[derive(Default)]
struct Tally {
    lanes: [(u64, u64); 4],
    skipped: u64,
    rejected: u64,
}

impl Tally {
    #[inline(always)]
    fn deliver(&mut self, payload: u64) {
        let lane = &mut self.lanes[payload as usize & 3];
        lane.0 += 1;
        lane.1 = lane.1.wrapping_add(payload);
    }

    fn hash(&self) -> u64 {
        let delivered = self.lanes.iter().map(|lane| lane.0).sum();
        let sum = self.lanes.iter().fold(0u64, |sum, lane| sum.wrapping_add(lane.1));
        let requested = 0;
        digest(&[delivered, sum, self.skipped, requested, self.rejected])
    }
}

struct Stream {
    next: u64,
    waiting: BTreeMap<u64, u64>,
}

impl Default for Stream {
    fn default() -> Self {
        Stream { next: 1, waiting: BTreeMap::new() }
    }
}

impl Stream {
    /// Whether the message opens a gap.
    #[inline]
    fn receive(&mut self, payload: u64, number: u64, tally: &mut Tally) -> bool {
        if number == self.next {
            tally.deliver(payload);
            self.next += 1;
            self.deliver_waiting(tally);
            return false;
        }
        if number < self.next || self.waiting.contains_key(&number) {
            return false;
        }
        if number - self.next >= WINDOW {
            tally.rejected += 1;
            return false;
        }
        let known = self.waiting.keys().next_back().copied().unwrap_or(self.next - 1);
        self.waiting.insert(number, payload);
        number > known + 1
    }

    #[inline]
    fn deliver_waiting(&mut self, tally: &mut Tally) {
        while !self.waiting.is_empty() {
            match self.waiting.remove(&self.next) {
                Some(payload) => tally.deliver(payload),
                None => break,
            }
            self.next += 1;
        }
    }

    fn give_up(&mut self, below: u64, tally: &mut Tally) {
        while self.next < below {
            match self.waiting.remove(&self.next) {
                Some(payload) => tally.deliver(payload),
                None => tally.skipped += 1,
            }
            self.next += 1;
        }
        self.deliver_waiting(tally);
    }
}

struct Gap {
    deadline: u64,
    key: u64,
    /// The message that opened it: everything missing below is given up at the deadline.
    above: u64,
}

#[derive(Default)]
struct Ordering {
    streams: HashMap<u64, Stream>,
    /// In the order of their deadlines, because the timeout is the same for all.
    gaps: VecDeque<Gap>,
    tally: Tally,
}

impl Ordering {
    #[inline(always)]
    fn receive(&mut self, record: &Record, now: u64) {
        let (number, stream) = (u64::from(record.number), self.streams.entry(record.key).or_default());
        if stream.receive(record.payload(), number, &mut self.tally) {
            self.gaps.push_back(Gap { deadline: now + TIMEOUT, key: record.key, above: number });
        }
    }

    fn advance(&mut self, now: u64) {
        while self.gaps.front().map_or(false, |gap| gap.deadline <= now) {
            let gap = self.gaps.pop_front().unwrap();
            self.streams.entry(gap.key).or_default().give_up(gap.above, &mut self.tally);
        }
    }
}

/// Messages between two readings of the (simulated) clock: a server reads it once for all that a socket had.
const BURST: usize = 64;

#[inline(never)]
fn timed_receive(ordering: &mut Ordering, records: &[Record], now: &mut u64, nanoseconds_per_message: u64) {
    for burst in records.chunks(BURST) {
        for record in burst {
            ordering.receive(record, *now);
        }
        ordering.advance(*now);
        *now += BURST as u64 * nanoseconds_per_message;
    }
}

/// The input that was asked for last: the uncounted repetition and the one that counts have the same.
#[derive(Default)]
struct Inputs {
    last: RefCell<Option<(&'static str, Rc<Vec<Record>>)>>,
}

impl Inputs {
    fn load(&self, context: &Context, name: &'static str) -> Rc<Vec<Record>> {
        if let Some((last, records)) = &*self.last.borrow() {
            if *last == name {
                return records.clone();
            }
        }
        let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
        let record = |bytes: &[u8]| Record {
            key: u64::from_le_bytes(bytes[..8].try_into().unwrap()),
            number: word(&bytes[8..12]),
            conversation: word(&bytes[12..]),
        };
        let records = Rc::new(context.bytes(name).chunks_exact(16).map(record).collect::<Vec<_>>());
        *self.last.borrow_mut() = Some((name, records.clone()));
        records
    }
}

/// The messages that open streams stand first, one of each.
fn streams(records: &[Record]) -> usize {
    records.iter().position(|record| record.number > 1).unwrap()
}

fn steady(context: &Context, records: &[Record], opening: usize, nanoseconds_per_message: u64) -> Sample {
    let count = context.count(records.len() - opening);
    let (mut ordering, mut now) = (Ordering::default(), 0);
    timed_receive(&mut ordering, &records[..opening], &mut now, nanoseconds_per_message);
    let timed = opening..opening + count;
    let start = Instant::now();
    timed_receive(&mut ordering, &records[timed], &mut now, nanoseconds_per_message);
    Sample::per_piece(start.elapsed().as_nanos(), count, Some(ordering.tally.hash()))
}

fn open(records: &[Record]) -> Sample {
    let count = streams(records);
    let (mut ordering, mut now) = (Ordering::default(), 0);
    let start = Instant::now();
    timed_receive(&mut ordering, &records[..count], &mut now, 10);
    Sample::per_piece(start.elapsed().as_nanos(), count, Some(ordering.tally.hash()))
}

fn idle_bytes(records: &[Record]) -> Sample {
    peer::trim_memory();
    let before = peer::resident_bytes();
    let (mut ordering, mut now) = (Ordering::default(), 0);
    timed_receive(&mut ordering, &records[..streams(records)], &mut now, 10);
    // What the table left behind while it grew is the allocator's to give back.
    peer::trim_memory();
    let (bytes, count) = (peer::resident_bytes() - before, ordering.streams.len());
    Sample::new(bytes as f64 / count as f64, Some(digest(&[count as u64])))
}

fn main() {
    let inputs = Rc::new(Inputs::default());
    let work = |name: &'static str, unit, input, run: fn(&Context, &[Record]) -> Sample| {
        let inputs = inputs.clone();
        Work::new(name, "Rust HashMap + BTreeMap", unit, move |context| run(context, &inputs.load(context, input)))
    };
    peer::main(vec![
        work("sequencer/in-order/one-stream", "ns/message", "one-stream", |context, all| steady(context, all, 0, 10)),
        work("sequencer/in-order/1M-streams", "ns/message", "in-order", |context, all| {
            steady(context, all, streams(all), 10)
        }),
        work("sequencer/displaced/1M-streams", "ns/message", "displaced", |context, all| {
            steady(context, all, streams(all), 10)
        }),
        // So much passes between two messages that a stream sees five of its own until a gap is given up.
        work("sequencer/lost/1M-streams", "ns/message", "lost", |context, all| {
            steady(context, all, streams(all), 1_000_000_000 / streams(all) as u64)
        }),
        work("sequencer/open", "ns/stream", "in-order", |_, all| open(all)),
        work("sequencer/idle-bytes", "bytes/stream", "in-order", |_, all| idle_bytes(all)),
    ]);
}
