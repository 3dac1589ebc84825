// The works `fan-out/…`, as Node's EventEmitter does them. See FanOutScenarios.swift for what ours do.
import { EventEmitter } from 'node:events';
import { digest, main, nanoseconds } from './peer.mjs';

const capacity = 1_024;

/** A hub is an emitter, and `drain`, which lets every subscriber read what it has got. Here each reads at once. */
function reading(subscribers, read) {
  const emitter = new EventEmitter().setMaxListeners(0);
  const sums = new Float64Array(subscribers);
  for (let index = 0; index < subscribers; index += 1) {
    emitter.on('message', (message) => {
      sums[index] += read(message);
    });
  }
  return { emitter, drain() {}, total: () => sums.reduce((total, sum) => total + sum, 0) };
}

/**
 * Here each has a queue of the usual bound and reads later, as who writes to a socket does. The arrays are never
 * shortened: that would give back their memory each time.
 */
function queueing(subscribers, read) {
  const emitter = new EventEmitter().setMaxListeners(0);
  const queues = Array.from({ length: subscribers }, () => ({ messages: [], count: 0 }));
  for (const queue of queues) {
    emitter.on('message', (message) => {
      if (queue.count < capacity) queue.messages[queue.count++] = message;
    });
  }
  let total = 0;
  const drain = () => {
    for (const queue of queues) {
      for (let index = 0; index < queue.count; index += 1) total += read(queue.messages[index]);
      queue.count = 0;
    }
  };
  return { emitter, drain, total: () => total };
}

function timedRounds({ emitter, drain }, rounds, burst, message) {
  for (let round = 0; round < rounds; round += 1) {
    for (let index = round * burst; index < (round + 1) * burst; index += 1) emitter.emit('message', message(index));
    drain();
  }
}

const letters = Array.from({ length: capacity }, (_, word) => ({ word }));
const words = { message: (index) => index, read: (word) => word };
const references = { message: (index) => letters[index & (capacity - 1)], read: (letter) => letter.word };

function work(name, subscribers, burst, [who, hub], { message, read } = words) {
  const run = (context) => {
    const rounds = Math.floor(context.count(40_000_000) / (subscribers * burst));
    const stage = hub(subscribers, read);
    const start = nanoseconds();
    timedRounds(stage, rounds, burst, message);
    const elapsed = nanoseconds() - start;
    // The sums stay below 2^53, so they are exact.
    return { value: elapsed / (rounds * burst * subscribers), hash: digest(stage.total()) };
  };
  return { name, who, unit: 'ns/delivery', run };
}

const hubs = [
  ['Node EventEmitter', reading],
  ['Node EventEmitter and a queue a listener', queueing],
];
const works = hubs.flatMap((hub) => [
  work('fan-out/100', 100, 64, hub),
  work('fan-out/10k', 10_000, 64, hub),
  work('fan-out/10k/single', 10_000, 1, hub),
  work('fan-out/10k/reference', 10_000, 64, hub, references),
]);

await main(works);
