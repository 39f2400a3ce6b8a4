/** Update energy against a bare read of the same bytes; exact spectra on the CPU by size; what a 7B triple would take. */
import { ROLES } from '../roles.mjs';
import { layerPlace } from '../checkpoint/tensor-place.ts';
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { mapInFlight } from '../work/in-flight.ts';
import { deltasOf } from '../spectra/deltas/delta-spec.ts';
import { pairTensors } from '../spectra/deltas/pairing.ts';
import { PIECE_ELEMENTS, storedPiece } from '../spectra/deltas/stored-piece.ts';
import { measureEnergy } from '../spectra/energy.ts';
import { singularValues } from '../spectra/exact/singular-values.ts';
import { exactOperations } from '../spectra/diversity.ts';
import { spectraThreads } from '../spectra/computers.ts';
import { expectedWeights } from '../vlm/weights.ts';
import type { VlmConfig } from '../vlm/config.ts';
import { ONE_LAYER_OF_7B } from './models.ts';
import { powerOf } from './power.ts';
import { median } from './resident.ts';
import { removeSynthetic, syntheticCheckpoint } from './synthetic.ts';
import { seededRandom } from '../work/seeded-random.ts';

/** A layer of 7B without its vocabulary: 0.47 GB in each of three checkpoints. */
const LAYER: VlmConfig = { ...ONE_LAYER_OF_7B, text: { ...ONE_LAYER_OF_7B.text, vocabSize: 1024 } };
const SEVEN_B: VlmConfig = {
  ...ONE_LAYER_OF_7B,
  text: { ...ONE_LAYER_OF_7B.text, layers: 28 },
  vision: { ...ONE_LAYER_OF_7B.vision, depth: 32, hiddenSize: 1280, intermediateSize: 3420 },
};
/** Energy and bare read take turns, so that a busy machine disturbs both alike. */
const ROUNDS = 3;

/** Energy of all weights of a layer, three checkpoints, in worker threads. */
export async function benchEnergy() {
  const checkpoints = new Map<string, Checkpoint>();
  for (const role of ROLES)
    checkpoints.set(role, await openCheckpoint(await syntheticCheckpoint(LAYER, `energy-${role}`, 1)));
  const pairing = pairTensors(checkpoints, { weights: null });
  const request = { checkpoints, pairing, deltas: deltasOf(checkpoints.keys()), rounding: 'stored' } as const;
  const threads = spectraThreads();
  const runs = pairing.families.flatMap(({ entries, elements }) =>
    Array.from({ length: Math.ceil(elements / PIECE_ELEMENTS) }, (_, index) =>
      [...entries].map(([role, entry]: readonly [string, TensorEntry]) => {
        const first = index * PIECE_ELEMENTS;
        const count = Math.min(PIECE_ELEMENTS, elements - first);
        return storedPiece(checkpoints.get(role) as Checkpoint, entry, first, count);
      }),
    ),
  );
  const bytes = runs.flat().reduce((sum, { start, end }) => sum + end - start, 0);
  const read = (): Promise<unknown> =>
    mapInFlight(runs, (pieces) =>
      Promise.all(pieces.map(({ source, start, end }) => source.slice(start, end).arrayBuffer())),
    );
  const [bare, energy]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const readSeconds = await secondsOf(read);
    const energySeconds = await secondsOf(() => measureEnergy(request, threads));
    // The first round fills the file cache and starts the threads.
    if (round === 0) continue;
    bare.push(readSeconds);
    energy.push(energySeconds);
  }
  threads.dispose();
  await removeSynthetic();
  return {
    bytes,
    threads: threads.size,
    bareReadBytesPerSecond: bytes / median(bare),
    energyBytesPerSecond: bytes / median(energy),
    // The aim is ≥ 0.9.
    ratio: median(bare) / median(energy),
  };
}

/** Of n × 4n matrices, on one thread. */
const SIZES = [256, 384, 512, 640, 768, 896, 1024] as const;
/** Below, starting and reading outweigh the n³ that is expected. */
const FITTED_FROM = 512;

/** Exact spectra on the CPU: time by size, and what follows for every matrix in a layer of 7B, two updates. */
export async function benchSpectra(log: (line: string) => void) {
  const sizes: { rows: number; columns: number; seconds: number }[] = [];
  for (const rows of SIZES) {
    const columns = 4 * rows;
    const random = seededRandom(rows);
    const matrix = Float32Array.from({ length: rows * columns }, () => random() - 0.5);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++)
      times.push(await secondsOf(() => singularValues(matrix, rows, columns)));
    sizes.push({ rows, columns, seconds: median(times) });
    log(`${rows} × ${columns}: ${median(times).toFixed(3)} s`);
  }
  const last = sizes.at(-1) as (typeof sizes)[number];
  const fit = powerOf(
    sizes.flatMap(({ rows: size, seconds }) => (size >= FITTED_FROM ? [{ size, seconds }] : [])),
  );
  log(`seconds grow as n^${fit.power.toFixed(2)} from n = ${FITTED_FROM}`);
  const rate = exactOperations(last.rows, last.columns) / last.seconds;
  const shapes = expectedWeights(SEVEN_B).filter(
    ({ name, shape }) =>
      shape.length === 2 &&
      layerPlace(name, { visionBlocks: SEVEN_B.vision.depth }).layer !== null &&
      !name.includes('norm'),
  );
  const work =
    2 * shapes.reduce((sum, { shape: [rows = 1, columns = 1] }) => sum + exactOperations(rows, columns), 0);
  const spectra = 2 * shapes.length;
  return {
    sizes,
    ...fit,
    // Of the largest: n²·m for the Gram matrix's lower half, 4n³/3 for the tridiagonal form.
    gigaflopsPerSecond: rate / 1e9,
    triple7b: {
      spectra,
      gigaflops: work / 1e9,
      secondsOneThread: work / rate,
      derivation:
        `${spectra} spectra (${shapes.length} matrices, IN − Base and RL − IN), n² m + 4/3 n³ operations each with n ≤ m: ` +
        `${(work / 1e12).toFixed(1)} Tflop at the ${(rate / 1e9).toFixed(1)} Gflop/s of one thread at ` +
        `${last.rows} × ${last.columns}; threads work on different matrices, so divide by their number`,
    },
  };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
