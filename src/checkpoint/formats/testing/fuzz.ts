/**
 * Input that is almost right, many times over: each case ends in a word of the test's own or in a named error, soon, and without asking
 * for much memory. `FUZZ=1000000` says how many; the suite runs a slice.
 */
import { vi } from 'vitest';
import { NamedError } from '../../../named-error.ts';

/** Of one case, in bytes and milliseconds of the processor: other work on the machine is none of its time. */
export const MOST_BYTES = 64 * 2 ** 20;
const MOST_TIME = 5000;
/** Errors that blame the disk, where every byte is there. */
const READING: ReadonlySet<string> = new Set(['FileChanged', 'FileUnreadable']);
/** Cases between two looks at the heap. */
const STRETCH = 16;
/** For the test that runs a million cases. */
export const FUZZ_TIMEOUT = 7_200_000;

const ARRAYS = [
  ...(['Array', 'ArrayBuffer', 'SharedArrayBuffer', 'Uint8Array', 'Uint8ClampedArray', 'Int8Array'] as const),
  ...(['Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array'] as const),
  ...(['BigInt64Array', 'BigUint64Array'] as const),
];
const BYTES_PER_ITEM: Readonly<Partial<Record<(typeof ARRAYS)[number], number>>> = {
  ...{ Array: 8, ArrayBuffer: 1, SharedArrayBuffer: 1 },
};

/** Counts what arrays are made with, and makes none beyond the limit, be it ever touched or not. */
class AllocationGuard {
  asked = 0;

  constructor() {
    for (const name of ARRAYS) {
      const original = globalThis[name] as new (...args: unknown[]) => object;
      const each = BYTES_PER_ITEM[name] ?? (original as unknown as Uint8ArrayConstructor).BYTES_PER_ELEMENT;
      vi.stubGlobal(
        name,
        new Proxy(original, {
          construct: (target, args: unknown[], made) => {
            const [first] = args;
            if (typeof first === 'number') this.#count(first * each);
            return Reflect.construct(target, args, made) as object;
          },
        }),
      );
    }
  }

  #count(bytes: number): void {
    this.asked += bytes;
    if (this.asked > MOST_BYTES) throw new Error(`${this.asked} bytes are asked for`);
  }
}

/** Milliseconds that this process has computed. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * How often each outcome occurred.
 *
 * @param slice how many cases, where `FUZZ` says nothing
 * @param outcomeOf makes and tries the next case; whatever is no `NamedError` fails, with the case's number
 */
export async function fuzzed(
  slice: number,
  outcomeOf: (at: number) => Promise<string>,
): Promise<ReadonlyMap<string, number>> {
  const count = Number(process.env.FUZZ ?? slice);
  const outcomes = new Map<string, number>();
  const [began, traced] = [performance.now(), Error.stackTraceLimit];
  // Stacks of errors that are expected would take a tenth of the time; a case that fails is tried again by itself.
  Error.stackTraceLimit = 0;
  const guard = new AllocationGuard();
  const most = { time: 0, asked: 0, heap: 0 };
  try {
    let [start, heap] = [spent(), process.memoryUsage().heapUsed];
    for (let at = 0; at < count; at += 1) {
      guard.asked = 0;
      const outcome = await outcomeOf(at).catch((error: unknown) => {
        if (error instanceof NamedError && !READING.has(error.name)) return error.name;
        throw new Error(`case ${at}`, { cause: error });
      });
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      const end = spent();
      most.time = Math.max(most.time, end - start);
      most.asked = Math.max(most.asked, guard.asked);
      start = end;
      if (most.time > MOST_TIME) throw new Error(`case ${at} took ${most.time} ms`);
      if (at % STRETCH > 0) continue;
      const heapNow = process.memoryUsage().heapUsed;
      most.heap = Math.max(most.heap, heapNow - heap);
      heap = heapNow;
      if (most.heap > MOST_BYTES)
        throw new Error(`case ${at} or one just before: ${most.heap} bytes of the heap`);
    }
  } finally {
    vi.unstubAllGlobals();
    Error.stackTraceLimit = traced;
  }
  if (process.env.FUZZ) {
    const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
    console.info(
      `${count} in ${((performance.now() - began) / 1000).toFixed(0)} s, the slowest ${most.time.toFixed(0)} ms;`,
      `arrays of a case at most ${megabytes(most.asked)}, heap of ${STRETCH} ${megabytes(most.heap)};`,
      `resident at most ${megabytes(process.resourceUsage().maxRSS * 1024)}`,
      Object.fromEntries([...outcomes].sort(([, a], [, b]) => b - a)),
    );
  }
  return outcomes;
}
