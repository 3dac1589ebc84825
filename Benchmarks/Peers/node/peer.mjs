// What the Node peers share: the clock, pinning, the hash of a result, the inputs, and the command line.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** Nanoseconds of a monotonic clock. */
export const nanoseconds = () => Number(process.hrtime.bigint());

const word = (value) => BigInt.asUintN(64, value);

/** SplitMix64's finaliser, of and to a BigInt. */
export function mix(value) {
  let mixed = word(value + 0x9e3779b97f4a7c15n);
  mixed = word((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
  mixed = word((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
  return mixed ^ (mixed >> 31n);
}

/** Folds words (BigInts, or numbers that are exact) into the hash of a result. */
export const digest = (...words) => words.reduce((hash, next) => mix(hash ^ word(BigInt(next))), 0n);

/** Bytes of the heap in use after a full collection; needs `--expose-gc`. */
export function usedBytes() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** What a repetition is given. */
class Context {
  /** @param warmsUp it does not count: it pays for the compilation of the code, and may do less. */
  constructor(folder, warmsUp) {
    this.folder = folder;
    this.warmsUp = warmsUp;
  }

  /** How many operations to do whose number is `full`. */
  count(full) {
    return this.warmsUp ? Math.floor(full / 10) : full;
  }

  /** The bytes of an input as it was exported. */
  bytes(name) {
    const buffer = readFileSync(join(this.folder, name));
    return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength);
  }
}

/**
 * Pins the main thread to the first core that the process was given, and only that: the collector and the compiler keep
 * all cores. Node has no call for it, so a command does it.
 */
function pin() {
  const allowed = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1];
  execFileSync('taskset', ['-cp', allowed, String(process.pid)]);
}

function print(work, suffix, value, hash) {
  const digits = hash === undefined ? '-' : hash.toString(16).padStart(16, '0');
  console.log([work.name + suffix, work.who, work.unit, value.toFixed(4), digits].join('\t'));
}

/**
 * The program: `--works` names what it knows, `<input folder> <work>…` measures each of them once.
 *
 * @param works objects of `name`, `who`, `unit` and `run(context)`, which returns (or promises) `{ value, hash }`: a
 *   number, and a BigInt or nothing; and `further`, if there is more, an object from what continues the name to a number.
 */
export async function main(works) {
  const [folder, ...names] = process.argv.slice(2);
  if (folder === '--works' && names.length === 0) {
    for (const work of works) console.log(work.name);
    return;
  }
  if (names.length === 0) {
    console.error('usage: <program> --works | <input folder> <work>...');
    process.exit(64);
  }
  pin();
  for (const work of works.filter(({ name }) => names.includes(name))) {
    await work.run(new Context(folder, true));
    const sample = await work.run(new Context(folder, false));
    print(work, '', sample.value, sample.hash);
    for (const [name, value] of Object.entries(sample.further ?? {})) print(work, `/${name}`, value, sample.hash);
  }
}
