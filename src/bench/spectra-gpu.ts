/** Exact spectra on WebGPU: operations per second of each stage, and what a 7B model would take. */
import type { Stage } from '../spectra/gpu/backend.ts';
import { PANEL_WIDTH } from '../spectra/gpu/backend.ts';
import type { Power } from './power.ts';
import { powerOf } from './power.ts';
import { spectrumCost } from '../spectra/gpu/cost.ts';
import { createGpuSpectrumBackend } from '../spectra/gpu/create.ts';
import { requestSpectrumDevice } from '../spectra/gpu/spectrum-device.ts';
import { seededRandom } from '../work/seeded-random.ts';

type Shape = readonly [rows: number, cols: number];

/** What a GPU is asked: the reference's `down_proj`, the vision MLP, and squares whose cost should grow as n³. */
const GPU_SHAPES: readonly Shape[] = [
  [512, 512],
  [1024, 1024],
  [2048, 2048],
  [1024, 4096],
  [3420, 1280],
  [3584, 18944],
];
/** A software adapter needs minutes for more. */
const SOFTWARE_SHAPES: readonly Shape[] = [
  [128, 128],
  [256, 256],
  [384, 384],
  [256, 1024],
];

/** Matrices of one Qwen2.5-VL-7B delta: shape and number. Biases and norms are no matrices. */
const MATRICES_7B: readonly (readonly [shape: Shape, count: number])[] = [
  [[3584, 3584], 2 * 28],
  [[512, 3584], 2 * 28],
  [[18944, 3584], 3 * 28],
  [[3840, 1280], 32],
  [[1280, 1280], 32],
  [[3420, 1280], 3 * 32],
  [[1280, 1176], 1],
  [[5120, 5120], 1],
  [[3584, 5120], 1],
  [[152064, 3584], 2],
];
const DOWN_PROJ: readonly (readonly [shape: Shape, count: number])[] = [[[3584, 18944], 28]];
/** Base to IN, and IN to RL. */
const DELTAS = 2;

export interface SpectrumTiming {
  readonly rows: number;
  readonly cols: number;
  readonly seconds: number;
  readonly stages: Partial<
    Record<Stage, { readonly seconds: number; readonly gflops?: number; readonly dispatches: number }>
  >;
  /** What is to be computed over the time of both reductions, in 10⁹ operations a second. */
  readonly gflops: number;
}

/** The power is that of the square matrices' times: 3 is expected where the GPU is busy. */
export interface SpectraGpuResult extends Power {
  readonly adapter: string;
  readonly spectra: readonly SpectrumTiming[];
  /** 28 `down_proj` × 2 deltas. */
  readonly downProj: Estimate;
  /** All matrices × 2 deltas. */
  readonly all: Estimate;
}

interface Estimate {
  readonly operations: number;
  readonly gpuSeconds: number;
  readonly cpuSeconds: number;
  readonly derivation: string;
}

/** @throws NamedError `NoWebGpu` and what the backend throws */
export async function benchSpectraGpu(log: (line: string) => void): Promise<SpectraGpuResult> {
  const device = await requestSpectrumDevice();
  const { vendor, architecture, description, isFallbackAdapter } = device.adapterInfo;
  const adapter = [vendor, architecture, description].filter(Boolean).join(' ');
  const software = isFallbackAdapter || /swiftshader|llvmpipe/i.test(adapter);
  let stages: SpectrumTiming['stages'] = {};
  let cost = spectrumCost(0, 0, PANEL_WIDTH);
  const backend = await createGpuSpectrumBackend({
    device,
    onStage: (stage, seconds, { dispatches }) => {
      const before = stages[stage];
      const total = seconds + (before?.seconds ?? 0);
      const rate = stage === 'upload' ? {} : { gflops: cost[stage] / total / 1e9 };
      stages = {
        ...stages,
        [stage]: { seconds: total, ...rate, dispatches: dispatches + (before?.dispatches ?? 0) },
      };
    },
  });
  const spectra: SpectrumTiming[] = [];
  for (const [rows, cols] of software ? SOFTWARE_SHAPES : GPU_SHAPES) {
    const random = seededRandom(1);
    const matrix = Float32Array.from({ length: rows * cols }, () => random() - 0.5);
    cost = spectrumCost(rows, cols, PANEL_WIDTH);
    stages = {};
    const started = performance.now();
    await backend.singularValues(matrix, rows, cols);
    const seconds = (performance.now() - started) / 1000;
    const reducing = (stages.triangle?.seconds ?? 0) + (stages.band?.seconds ?? 0);
    const gflops = (cost.triangle + cost.band) / reducing / 1e9;
    spectra.push({ rows, cols, seconds, stages, gflops });
    log(`${rows} × ${cols}: ${seconds.toFixed(2)} s, ${gflops.toFixed(1)} GFLOP/s`);
  }
  backend.dispose();
  device.destroy();
  const last = spectra.at(-1) as SpectrumTiming;
  const squares = spectra.flatMap(({ rows: size, cols, seconds }) =>
    size === cols ? [{ size, seconds }] : [],
  );
  const fit = powerOf(squares);
  log(`seconds of square matrices grow as n^${fit.power.toFixed(2)}`);
  return { adapter, spectra, ...fit, downProj: estimate(DOWN_PROJ, last), all: estimate(MATRICES_7B, last) };
}

/** From the rates of one spectrum to those of many: GPU time by operations, CPU time by n². */
function estimate(matrices: typeof MATRICES_7B, { rows, cols, gflops, stages }: SpectrumTiming): Estimate {
  const cpuRate = spectrumCost(rows, cols, PANEL_WIDTH).values / (stages.values?.seconds ?? NaN);
  let operations = 0;
  let cpuSeconds = 0;
  for (const [[m, n], count] of matrices) {
    const { triangle, band, values } = spectrumCost(m, n, PANEL_WIDTH);
    operations += DELTAS * count * (triangle + band);
    cpuSeconds += (DELTAS * count * values) / cpuRate;
  }
  const gpuSeconds = operations / gflops / 1e9;
  const derivation =
    `Σ over ${DELTAS} deltas of 2mn² − ⅔n³ + 8/3 n³ (4mn² − 4/3 n³ where m ≤ 5/3 n) = ` +
    `${(operations / 1e12).toFixed(2)}·10¹² operations at the ${gflops.toFixed(1)} GFLOP/s of ${rows} × ${cols}; ` +
    'the CPU stage grows as n² and overlaps with the next matrix on the GPU; reading and uploading come on top';
  return { operations, gpuSeconds, cpuSeconds, derivation };
}
