//! The works `fan-out/…`, as tokio's broadcast channel does them: rounds of publishing a burst and letting each
//! subscriber read all of it, on one thread and without a runtime. See FanOutScenarios.swift for what ours do.

use std::sync::Arc;
use std::time::Instant;

use peer::{digest, Context, Sample, Work};
use tokio::sync::broadcast;

const CAPACITY: usize = 1_024;

#[inline(never)]
fn timed_rounds<T: Clone>(
    sender: &broadcast::Sender<T>, receivers: &mut [broadcast::Receiver<T>], rounds: usize, burst: usize,
    message: &impl Fn(usize) -> T, word: &impl Fn(&T) -> u64,
) -> u64 {
    let mut sum = 0u64;
    for round in 0..rounds {
        for index in round * burst..(round + 1) * burst {
            let _ = sender.send(message(index));
        }
        for receiver in receivers.iter_mut() {
            while let Ok(message) = receiver.try_recv() {
                sum = sum.wrapping_add(word(&message));
            }
        }
    }
    sum
}

fn rounds<T: Clone>(
    context: &Context, subscribers: usize, burst: usize, message: impl Fn(usize) -> T, word: impl Fn(&T) -> u64,
) -> Sample {
    let rounds = context.count(40_000_000) / (subscribers * burst);
    let (sender, _) = broadcast::channel(CAPACITY);
    let mut receivers: Vec<_> = (0..subscribers).map(|_| sender.subscribe()).collect();
    let start = Instant::now();
    let sum = timed_rounds(&sender, &mut receivers, rounds, burst, &message, &word);
    Sample::per_piece(start.elapsed().as_nanos(), subscribers * burst * rounds, Some(digest(&[sum])))
}

fn words(name: &'static str, subscribers: usize, burst: usize) -> Work {
    Work::new(name, "tokio broadcast", "ns/delivery", move |context| {
        rounds(context, subscribers, burst, |index| index as u64, |word| *word)
    })
}

fn main() {
    peer::main(vec![
        words("fan-out/100", 100, 64),
        words("fan-out/10k", 10_000, 64),
        words("fan-out/10k/single", 10_000, 1),
        Work::new("fan-out/10k/reference", "tokio broadcast of Arc", "ns/delivery", |context| {
            let letters: Vec<_> = (0..CAPACITY as u64).map(Arc::new).collect();
            rounds(context, 10_000, 64, |index| letters[index & (CAPACITY - 1)].clone(), |letter| **letter)
        }),
    ]);
}
