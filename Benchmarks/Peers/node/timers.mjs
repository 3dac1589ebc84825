// A million timeouts of which nine in ten are cancelled, in Node. Its timers have the system's clock only: they are set
// an hour later, nothing falls due while this runs, and so there is no result of what expired.
import { main, nanoseconds } from './peer.mjs';

const oneHour = 3_600_000;
const nothing = () => {};

/** Resolves on a later turn of the event loop, so that its own work on the timers is not put off for ever. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function cycle(context, phase) {
  const deadlines = new Uint32Array(context.bytes('timer-ticks'));
  const cancelled = new Uint32Array(context.bytes('timer-cancelled'));
  const timers = new Array(deadlines.length);
  const start = nanoseconds();
  for (let index = 0; index < deadlines.length; index += 1) {
    timers[index] = setTimeout(nothing, oneHour + deadlines[index]);
  }
  const scheduled = nanoseconds();
  for (let index = 0; index < cancelled.length; index += 1) clearTimeout(timers[cancelled[index]]);
  const end = nanoseconds();
  for (const timer of timers) clearTimeout(timer);
  await turn();
  return {
    value: phase === 'schedule' ? (scheduled - start) / deadlines.length : (end - scheduled) / cancelled.length,
  };
}

/** A tenth of the pairs that the others do: it takes long. */
async function churn(context) {
  const count = context.count(1_000_000);
  const start = nanoseconds();
  for (let index = 0; index < count; index += 1) clearTimeout(setTimeout(nothing, 30_000 + (index & 1023)));
  const value = (nanoseconds() - start) / count;
  await turn();
  return { value };
}

const who = 'Node setTimeout';
await main([
  { name: 'timers/schedule', who, unit: 'ns/timer', run: (context) => cycle(context, 'schedule') },
  { name: 'timers/cancel', who, unit: 'ns/timer', run: (context) => cycle(context, 'cancel') },
  { name: 'timers/churn', who, unit: 'ns/pair', run: churn },
]);
