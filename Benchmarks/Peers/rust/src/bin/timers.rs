//! A million timeouts of which nine in ten are cancelled, with tokio-util's `DelayQueue`. It has tokio's clock only:
//! the timers are set an hour later, nothing falls due while this runs, and so there is no result of what expired.

use peer::{digest, Context, Sample, Work};
use std::time::{Duration, Instant};
use tokio_util::time::delay_queue::Key;
use tokio_util::time::DelayQueue;

const ONE_HOUR: Duration = Duration::from_secs(3_600);

#[derive(Clone, Copy)]
enum Phase {
    Schedule,
    Cancel,
}

fn load(context: &Context, name: &str) -> Vec<u32> {
    context.bytes(name).chunks_exact(4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

#[inline(never)]
fn timed_schedule(queue: &mut DelayQueue<u64>, delays: &[Duration]) -> Vec<Key> {
    delays.iter().zip(0..).map(|(delay, payload)| queue.insert(payload, *delay)).collect()
}

#[inline(never)]
fn timed_cancel(queue: &mut DelayQueue<u64>, cancelled: &[u32], keys: &[Key]) {
    for &index in cancelled {
        queue.remove(&keys[index as usize]);
    }
}

fn cycle(context: &Context, phase: Phase) -> Sample {
    let milliseconds = |tick: u32| Duration::from_millis(u64::from(tick));
    let delays: Vec<_> = load(context, "timer-ticks").into_iter().map(|tick| ONE_HOUR + milliseconds(tick)).collect();
    let mut queue = DelayQueue::with_capacity(delays.len());
    let start = Instant::now();
    let keys = timed_schedule(&mut queue, &delays);
    let scheduling = start.elapsed().as_nanos();
    let cancelled = load(context, "timer-cancelled");
    let start = Instant::now();
    timed_cancel(&mut queue, &cancelled, &keys);
    let cancelling = start.elapsed().as_nanos();
    match phase {
        Phase::Schedule => Sample::per_piece(scheduling, keys.len(), None),
        Phase::Cancel => Sample::per_piece(cancelling, cancelled.len(), None),
    }
}

fn churn(context: &Context) -> Sample {
    let count = context.count(10_000_000);
    let mut queue = DelayQueue::new();
    let mut sum = 0u64;
    let start = Instant::now();
    for payload in 0..count as u64 {
        let key = queue.insert(payload, Duration::from_millis(30_000 + (payload & 1_023)));
        sum += queue.remove(&key).into_inner();
    }
    Sample::per_piece(start.elapsed().as_nanos(), count, Some(digest(&[sum])))
}

fn main() {
    // Its timers belong to a runtime, although none of them is waited for.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _inside = runtime.enter();
    let who = "tokio-util DelayQueue";
    peer::main(vec![
        Work::new("timers/schedule", who, "ns/timer", |context| cycle(context, Phase::Schedule)),
        Work::new("timers/cancel", who, "ns/timer", |context| cycle(context, Phase::Cancel)),
        Work::new("timers/churn", who, "ns/pair", churn),
    ]);
}
