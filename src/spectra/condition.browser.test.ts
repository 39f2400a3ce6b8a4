import { afterAll, beforeAll, expect, it } from 'vitest';
import goldens from '../../tools/goldens/data/spectra/spectra.json';
import { deltasOf } from './deltas/delta-spec.ts';
import { pairTensors } from './deltas/pairing.ts';
import { measureDiversity } from './diversity.ts';
import type { GpuSpectrumBackend } from './gpu/backend.ts';
import { createGpuSpectrumBackend } from './gpu/create.ts';
import { RecoveringGpu } from './recovering-gpu.ts';
import { expectWithinBounds } from './testing/golden-bounds.ts';
import type { GoldenSpectrum } from './testing/golden-matrices.ts';
import { goldenMatrix } from './testing/golden-matrices.ts';
import { testCheckpoint } from './testing/triples.ts';
import { inlineThreads } from './threads/inline.ts';

const NAME = 'model.layers.0.mlp.up_proj.weight';
const COMPILE_MS = 240_000;
/** The 1024 × 1024 one takes the software GPU a minute, and shows nothing that 700 × 512 does not. */
const LARGEST = 1000;
const graded = (goldens.cases as readonly GoldenSpectrum[]).filter(
  ({ name, rows }) => name.startsWith('graded') && rows < LARGEST,
);

let gpu: GpuSpectrumBackend;
beforeAll(async () => {
  gpu = await createGpuSpectrumBackend();
}, COMPILE_MS);
afterAll(() => gpu.dispose());

// Within 1 % wherever that of PyTorch in float32 is.
it.each(graded.map((golden) => [golden.name, golden] as const))(
  'the condition number, with a GPU, of a matrix %s',
  async (_, golden) => {
    const { rows, columns } = golden;
    const shape = [rows, columns];
    const checkpoints = new Map([
      ['base', await testCheckpoint([{ name: NAME, shape, values: new Float32Array(rows * columns) }])],
      ['in', await testCheckpoint([{ name: NAME, shape, values: goldenMatrix(golden) }])],
    ]);
    const records = await measureDiversity(
      {
        ...{ checkpoints, deltas: deltasOf(checkpoints.keys()), rounding: 'stored', mode: 'exact', seed: 0 },
        pairing: pairTensors(checkpoints, { weights: null, matrices: true }),
        topK: goldens.topK,
      },
      { threads: inlineThreads(), gpu: new RecoveringGpu(gpu, { create: createGpuSpectrumBackend }) },
    );
    const found = records.get(NAME)?.spectra['sft'];
    if (!found) throw new Error('no spectrum');
    expectWithinBounds(found, golden);
    expect(found).toMatchObject({ device: 'webgpu', conditionKnown: true });
    expect(found.conditionDevice).toBe(golden.expected.conditionNumber > 2.1e4 ? 'cpu' : undefined);
  },
);
