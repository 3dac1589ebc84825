// Messages of many streams put in order, in JavaScript: a Map of streams, each with a Map of what waits.
//
// It keeps the rules of the library's `baseline/…` scenarios: a window of 1,024, and a gap is given up 5 s after it
// opened.
import { digest, main, nanoseconds, usedBytes } from './peer.mjs';

const window = 1024;
const timeout = 5e9;

class Stream {
  next = 1;
  /** From a number to its message's conversation; nothing for a stream in order, as nearly all are. */
  waiting = null;
}

class Ordering {
  streams = new Map();
  /** In the order of their deadlines, because the timeout is the same for all. */
  gaps = [];
  firstGap = 0;

  // A payload is conversation * 2³² + number. The two are added up on their own: the sum is beyond what a number holds.
  delivered = 0;
  conversations = 0;
  numbers = 0;
  skipped = 0;
  rejected = 0;

  hash() {
    const requested = 0;
    const sum = (BigInt(this.conversations) << 32n) + BigInt(this.numbers);
    return digest(this.delivered, sum, this.skipped, requested, this.rejected);
  }

  deliver(conversation, number) {
    this.delivered += 1;
    this.conversations += conversation;
    this.numbers += number;
  }

  receive(conversation, number, key, now) {
    let stream = this.streams.get(key);
    if (stream === undefined) {
      stream = new Stream();
      this.streams.set(key, stream);
    }
    if (number === stream.next) {
      this.deliver(conversation, number);
      stream.next += 1;
      if (stream.waiting !== null) this.deliverWaiting(stream);
      return;
    }
    if (number < stream.next || stream.waiting?.has(number)) return;
    if (number - stream.next >= window) {
      this.rejected += 1;
      return;
    }
    stream.waiting ??= new Map();
    let known = stream.next - 1;
    for (const other of stream.waiting.keys()) if (other > known) known = other;
    stream.waiting.set(number, conversation);
    if (number > known + 1) this.gaps.push({ deadline: now + timeout, stream, above: number });
  }

  deliverWaiting(stream) {
    for (;;) {
      const conversation = stream.waiting.get(stream.next);
      if (conversation === undefined) break;
      stream.waiting.delete(stream.next);
      this.deliver(conversation, stream.next);
      stream.next += 1;
    }
    if (stream.waiting.size === 0) stream.waiting = null;
  }

  advance(now) {
    while (this.firstGap < this.gaps.length && this.gaps[this.firstGap].deadline <= now) {
      const { stream, above } = this.gaps[this.firstGap];
      this.firstGap += 1;
      this.giveUp(stream, above);
    }
    // Dropping the front now and then costs less than dropping it each time.
    if (this.firstGap > 4096 && this.firstGap > this.gaps.length / 2) {
      this.gaps.splice(0, this.firstGap);
      this.firstGap = 0;
    }
  }

  giveUp(stream, below) {
    for (; stream.next < below; stream.next += 1) {
      const conversation = stream.waiting?.get(stream.next);
      if (conversation === undefined) {
        this.skipped += 1;
      } else {
        stream.waiting.delete(stream.next);
        this.deliver(conversation, stream.next);
      }
    }
    if (stream.waiting !== null) this.deliverWaiting(stream);
  }
}

/** Messages between two readings of the (simulated) clock: a server reads it once for all that a socket had. */
const burst = 64;

function timedReceive(ordering, input, from, to, nanosecondsPerMessage, clock) {
  for (let index = from; index < to; ) {
    const end = Math.min(index + burst, to);
    for (; index < end; index += 1) {
      const conversation = input.conversation(index);
      ordering.receive(conversation, input.number(index), input.keys[conversation], clock.now);
    }
    ordering.advance(clock.now);
    clock.now += burst * nanosecondsPerMessage;
  }
}

class Input {
  constructor(buffer) {
    this.words = new Uint32Array(buffer);
    this.count = this.words.length / 4;
    // The messages that open streams stand first, one of each.
    this.streams = 0;
    while (this.number(this.streams) === 1) this.streams += 1;
    // A 64-bit id does not fit a number, and programs in JavaScript have such ids as strings; BigInts are no faster.
    // They are made before the clock starts, one a stream: what parsing a new one a message would cost is left out.
    this.keys = new Array(this.streams);
    const longs = new BigUint64Array(buffer);
    for (let index = 0; index < this.streams; index += 1) {
      this.keys[this.conversation(index)] = longs[2 * index].toString(16);
    }
  }

  number(index) {
    return this.words[4 * index + 2];
  }

  conversation(index) {
    return this.words[4 * index + 3];
  }
}

/** The input that was asked for last: the uncounted repetition and the one that counts have the same. */
const last = { name: '', input: null };

function load(context, name) {
  if (last.name !== name) {
    last.input = null;
    last.input = new Input(context.bytes(name));
    last.name = name;
  }
  return last.input;
}

function steady(context, input, opening, nanosecondsPerMessage) {
  const count = context.count(input.count - opening);
  const ordering = new Ordering();
  const clock = { now: 0 };
  timedReceive(ordering, input, 0, opening, nanosecondsPerMessage, clock);
  const start = nanoseconds();
  timedReceive(ordering, input, opening, opening + count, nanosecondsPerMessage, clock);
  return { value: (nanoseconds() - start) / count, hash: ordering.hash() };
}

function manyStreams(context, name) {
  const input = load(context, name);
  return steady(context, input, input.streams, 10);
}

/** So much passes between two messages that a stream sees five of its own until a gap is given up. */
function lost(context) {
  const input = load(context, 'lost');
  return steady(context, input, input.streams, 1e9 / input.streams);
}

function open(context) {
  const input = load(context, 'in-order');
  const count = input.streams;
  const ordering = new Ordering();
  const start = nanoseconds();
  timedReceive(ordering, input, 0, count, 10, { now: 0 });
  return { value: (nanoseconds() - start) / count, hash: ordering.hash() };
}

/** The heap that is used, without the keys, which were there before. */
function idleBytes(context) {
  const input = load(context, 'in-order');
  const before = usedBytes();
  const ordering = new Ordering();
  timedReceive(ordering, input, 0, input.streams, 10, { now: 0 });
  const bytes = usedBytes() - before;
  return { value: bytes / ordering.streams.size, hash: digest(ordering.streams.size) };
}

const who = 'Node Map + Map';
await main([
  {
    name: 'sequencer/in-order/one-stream', who, unit: 'ns/message',
    run: (context) => steady(context, load(context, 'one-stream'), 0, 10),
  },
  {
    name: 'sequencer/in-order/1M-streams', who, unit: 'ns/message',
    run: (context) => manyStreams(context, 'in-order'),
  },
  {
    name: 'sequencer/displaced/1M-streams', who, unit: 'ns/message',
    run: (context) => manyStreams(context, 'displaced'),
  },
  { name: 'sequencer/lost/1M-streams', who, unit: 'ns/message', run: lost },
  { name: 'sequencer/open', who, unit: 'ns/stream', run: open },
  { name: 'sequencer/idle-bytes', who, unit: 'bytes/stream', run: idleBytes },
]);
