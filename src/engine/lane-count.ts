/** Into how many lanes the work on given models is spread: bound by what this machine computes at once, and by memory. */
import { once } from '../work/once.ts';
import type { HeldModel } from './engine-contents.ts';
import { CONSTANT_COPIES } from './estimate.ts';
import type { MemoryEstimate } from './protocol/loading.ts';

/** Runs of arithmetic of so long, four for each number of threads, of which the best counts: 0.16 s for eight. */
const RUN_MS = 10;
/** All that a thread is asked is answered by then, or it counts as none. */
const ANSWER_MS = 3000;
/** Fewer threads that reach this part of the most that any number does are enough: half as many where two share a core. */
const NEARLY_ALL = 0.9;
/** More threads are neither started nor counted. */
const MOST_LANES = 16;
/** What a lane takes without a model: runtime, modules, and the heap that a session begins with. */
const LANE_BYTES = 64 * 2 ** 20;
/** Of the memory that the browser tells, which is 8 GiB at most; where it tells none, of 4. */
const PART_OF_MEMORY = 1 / 4;
/** What sweeps pack into a batch. */
const PACKED = { rows: 104, tokens: 128 };

/** Whoever estimates memory: `EngineClient`. */
interface Estimating {
  estimate(
    id: HeldModel['id'],
    options: HeldModel['loaded']['options'],
    rows: number,
    tokens: number,
  ): Promise<MemoryEstimate>;
}

const counted = new Map<'threads', Promise<number>>();

/** One where not even two lanes fit: then a model is not small. @throws NamedError those of `estimate` */
export async function lanesFor(models: readonly HeldModel[], engine: Estimating): Promise<number> {
  const fitting = Math.floor(laneBudget() / (await laneBytes(models, engine)));
  if (fitting < 2) return 1;
  const most = Math.min(MOST_LANES, navigator.hardwareConcurrency);
  return Math.min(fitting, await once(counted, 'threads', () => threadsAtOnce(most)));
}

/** Bytes that all lanes together may take. */
function laneBudget(): number {
  const { deviceMemory = 4 } = navigator as { readonly deviceMemory?: number };
  return PART_OF_MEMORY * deviceMemory * 2 ** 30;
}

/** Bytes that one lane with these models takes: each model's weights, and keys, values and activations of one batch. */
async function laneBytes(models: readonly HeldModel[], engine: Estimating): Promise<number> {
  const batches = await Promise.all(
    models.map(async ({ id, loaded: { options } }) => {
      const estimate = await engine.estimate(id, options, PACKED.rows, PACKED.tokens);
      return estimate.kvCacheBytes + estimate.activationBytes;
    }),
  );
  const weights = models.reduce((sum, { loaded }) => sum + loaded.weightBytes, 0);
  return LANE_BYTES + CONSTANT_COPIES * weights + Math.max(...batches);
}

/**
 * How many threads this machine computes with at once: the fewest that together do nearly as much arithmetic as any number of them up
 * to `most`. Browsers tell logical processors, two of which may be one core, or belong to others.
 *
 * @param spawn makes a thread
 */
export async function threadsAtOnce(
  most: number,
  spawn: () => RateThread = spawnRateThread,
): Promise<number> {
  const threads: RateThread[] = [];
  const totals: (readonly [count: number, total: number])[] = [];
  try {
    for (const count of doubledUpTo(most)) {
      while (threads.length < count) threads.push(spawn());
      // Each has run once before its rate counts: its code has come, and is compiled.
      await Promise.all(threads.map((thread) => thread.rate(RUN_MS)));
      const total = async (): Promise<number> => {
        const rates = await Promise.all(threads.map((thread) => thread.rate(RUN_MS)));
        return rates.reduce((sum, rate) => sum + rate, 0);
      };
      totals.push([count, Math.max(await total(), await total(), await total())]);
    }
  } finally {
    for (const thread of threads) thread.dispose();
  }
  const best = Math.max(...totals.map(([, total]) => total));
  return totals.find(([, total]) => total >= NEARLY_ALL * best)?.[0] ?? 1;
}

/** 1, 2, 4, …, and `most` itself. */
function doubledUpTo(most: number): readonly number[] {
  return most <= 1 ? [1] : [...Array.from({ length: Math.ceil(Math.log2(most)) }, (_, at) => 2 ** at), most];
}

export interface RateThread {
  /** Computes for so many milliseconds, and tells how much it does in one. */
  rate(ms: number): Promise<number>;
  dispose(): void;
}

/** One that does not start, or does not answer in time, adds nothing. */
function spawnRateThread(): RateThread {
  const worker = new Worker(new URL('../../workers/arithmetic.ts', import.meta.url), {
    type: 'module',
    name: 'arithmetic',
  });
  const nothing = new Promise<number>((resolve) => {
    setTimeout(resolve, ANSWER_MS, 0);
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(0);
    };
  });
  const answer = (ms: number): Promise<number> =>
    new Promise((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
      worker.postMessage(ms);
    });
  return { rate: (ms) => Promise.race([answer(ms), nothing]), dispose: () => worker.terminate() };
}
