/** How fast a device is, by the engine's own calls: what a run's cost is told from before it begins. */
import type { Backend, Feeds, Tensor } from '../../engine/backend/backend.ts';
import type { Graph } from '../../graph/graph.ts';
import { finish } from '../../graph/graph.ts';
import { GraphBuilder } from '../../graph/onnx.ts';
import { WeightBinder } from '../../graph/weights.ts';
import { medianOf } from '../../statistics/median.ts';

/** Of repeated measurements. */
export interface Rate {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** How often it was measured. */
  readonly n: number;
}

export interface DeviceRates {
  /** Seconds of a graph with one small operator, from its call until its result is here. */
  readonly roundTripSeconds: Rate;
  /** Seconds that each further operator of a graph adds, where there is next to nothing to compute. */
  readonly dispatchSeconds: Rate;
  /** Bytes per second from the page's memory to the device's. */
  readonly uploadBytesPerSecond: Rate;
  /** Bytes per second copied within the device's memory, each read and written once. */
  readonly copyBytesPerSecond: Rate;
  /** Operations (multiplications and additions) per second of a product of float32 matrices. */
  readonly multiplyPerSecond: Rate;
}

const REPEATS = 5;
/** Long against the clock, and against a round trip. */
const ENOUGH_SECONDS = 0.03;
const MOST_TIMES = 1024;
const LONG_CHAIN = 65;
const BLOCK_BYTES = 16 * 2 ** 20;
/** Rows of square matrices: the first that keeps the device busy long enough, else the last. */
const SIZES = [128, 256, 512, 1024, 2048] as const;

/** @throws NamedError those of `Backend` */
export async function measureRates(backend: Backend): Promise<DeviceRates> {
  const { roundTripSeconds, dispatchSeconds } = await measureRuns(backend);
  return {
    roundTripSeconds,
    dispatchSeconds,
    ...(await measureMemory(backend)),
    multiplyPerSecond: await measureProduct(backend),
  };
}

async function measureRuns(
  backend: Backend,
): Promise<Pick<DeviceRates, 'roundTripSeconds' | 'dispatchSeconds'>> {
  const feeds = { x: backend.upload('float32', [64], new Float32Array(64)) };
  const [short, long] = await Promise.all(
    [chain(1), chain(LONG_CHAIN)].map((graph) => backend.compile(graph)),
  );
  const once = (compiled: typeof short) => async (): Promise<void> => {
    await readAndFree(backend, await backend.run(compiled as NonNullable<typeof short>, feeds));
  };
  await once(short)();
  await once(long)();
  const one = await repeated(once(short));
  const many = await repeated(once(long));
  for (const compiled of [short, long]) await backend.releaseGraph(compiled as NonNullable<typeof short>);
  backend.dispose(feeds.x);
  return {
    roundTripSeconds: rateOf(one),
    dispatchSeconds: rateOf(many.map((seconds) => Math.max(0, seconds - medianOf(one)) / (LONG_CHAIN - 1))),
  };
}

async function measureMemory(
  backend: Backend,
): Promise<Pick<DeviceRates, 'uploadBytesPerSecond' | 'copyBytesPerSecond'>> {
  const bytes = new Uint8Array(BLOCK_BYTES).fill(1);
  const dims = [BLOCK_BYTES / 4];
  const [source, target] = [await backend.zeros('float32', dims), await backend.zeros('float32', dims)];
  const arrived = (): Promise<unknown> => backend.read(backend.view(target, [4]));
  const upload = await perSecond(BLOCK_BYTES, async (times) => {
    for (let time = 0; time < times; time++) backend.write(target, 0, bytes);
    await arrived();
  });
  const copy = await perSecond(BLOCK_BYTES, async (times) => {
    for (let time = 0; time < times; time++)
      backend.copy(source, target, [{ from: 0, to: 0, bytes: BLOCK_BYTES }]);
    await arrived();
  });
  backend.dispose(source);
  backend.dispose(target);
  return { uploadBytesPerSecond: upload, copyBytesPerSecond: copy };
}

async function measureProduct(backend: Backend): Promise<Rate> {
  const compiled = await backend.compile(product());
  let rate: Rate | undefined;
  for (const size of SIZES) {
    const [a, b] = [0, 1].map((seed) =>
      backend.upload(
        'float32',
        [size, size],
        Float32Array.from({ length: size * size }, (_, i) => ((i + seed) % 7) - 3),
      ),
    ) as [Tensor, Tensor];
    const run = async (times: number): Promise<void> => {
      for (let time = 1; time < times; time++) free(backend, await backend.run(compiled, { a, b }));
      await readAndFree(backend, await backend.run(compiled, { a, b }));
    };
    // The first of a shape compiles its kernel.
    await run(1);
    const enough = size === SIZES.at(-1) || (await secondsOf(() => run(1))) >= ENOUGH_SECONDS;
    if (enough) rate = await perSecond(2 * size ** 3, run);
    backend.dispose(a);
    backend.dispose(b);
    if (enough) break;
  }
  await backend.releaseGraph(compiled);
  return rate as Rate;
}

/** `count` additions, one after the other, of next to nothing. */
function chain(count: number): Graph {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [64]);
  let sum = graph.op('Add', [x, x]);
  for (let added = 1; added < count; added++) sum = graph.op('Add', [sum, x]);
  graph.output('sum', sum, 'float32', [64]);
  return finish(graph, new WeightBinder(graph));
}

/** a·b, of which a corner is read back. */
function product(): Graph {
  const graph = new GraphBuilder();
  const [a, b] = [graph.input('a', 'float32', ['n', 'n']), graph.input('b', 'float32', ['n', 'n'])];
  graph.output('y', graph.op('MatMul', [a, b]), 'float32', ['n', 'n']);
  return finish(graph, new WeightBinder(graph));
}

async function readAndFree(backend: Backend, outputs: Feeds): Promise<void> {
  const [output] = Object.values(outputs) as [Tensor];
  await backend.read(backend.view(output, [4]));
  free(backend, outputs);
}

function free(backend: Backend, outputs: Feeds): void {
  for (const tensor of Object.values(outputs)) backend.dispose(tensor);
}

/** How much of `amount` is done in a second, as often in a row as makes it long enough to be measured. */
async function perSecond(amount: number, work: (times: number) => Promise<void>): Promise<Rate> {
  let times = 1;
  while (times < MOST_TIMES && (await secondsOf(() => work(times))) < ENOUGH_SECONDS) times *= 2;
  return rateOf((await repeated(() => work(times))).map((seconds) => (amount * times) / seconds));
}

async function repeated(work: () => Promise<void>): Promise<readonly number[]> {
  const seconds: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) seconds.push(await secondsOf(work));
  return seconds;
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function rateOf(values: readonly number[]): Rate {
  return {
    median: medianOf(values),
    least: Math.min(...values),
    most: Math.max(...values),
    n: values.length,
  };
}
