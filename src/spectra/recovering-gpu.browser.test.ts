/** A real device that is destroyed while matrices are computed: nothing but a notice tells. */
import { expect, it } from 'vitest';
import { deltasOf } from './deltas/delta-spec.ts';
import { pairTensors } from './deltas/pairing.ts';
import type { DiversityRequest, SpectrumMode, SpectrumRecord } from './diversity.ts';
import { measureDiversity } from './diversity.ts';
import { RecoveringGpu } from './recovering-gpu.ts';
import { GpuSpectrumBackend } from './gpu/backend.ts';
import { requestSpectrumDevice } from './gpu/spectrum-device.ts';
import { uniformMatrix } from './gpu/testing/known-spectrum.ts';
import { testCheckpoint } from './testing/triples.ts';
import { inlineThreads } from './threads/inline.ts';

const [ROWS, COLUMNS] = [60, 40];
const NAMES = [0, 1, 2].map((layer) => `model.layers.${layer}.mlp.up_proj.weight`);
const threads = inlineThreads();

async function request(mode: SpectrumMode): Promise<DiversityRequest> {
  const tensors = (seed: number) =>
    NAMES.map((name, layer) => ({
      ...{ name, shape: [ROWS, COLUMNS] },
      values: uniformMatrix(ROWS, COLUMNS, seed + 10 * layer),
    }));
  const checkpoints = new Map([
    ['base', await testCheckpoint(tensors(1))],
    ['in', await testCheckpoint(tensors(2))],
  ]);
  return {
    ...{ checkpoints, rounding: 'stored', mode, topK: 5, seed: 1, deltas: deltasOf(checkpoints.keys()) },
    pairing: pairTensors(checkpoints, { weights: null, matrices: true }),
  };
}

/** The device's submissions, and its end at the one of that number. */
function counted(device: GPUDevice): { submitted: number; endAt: number } {
  const count = { submitted: 0, endAt: Infinity };
  const submit = device.queue.submit.bind(device.queue);
  device.queue.submit = (buffers) => {
    submit(buffers);
    if (++count.submitted === count.endAt) device.destroy();
  };
  return count;
}

/** Small kernels, which a software GPU compiles sooner. */
async function made(): Promise<{ backend: GpuSpectrumBackend; device: GPUDevice }> {
  const device = await requestSpectrumDevice();
  return { backend: await GpuSpectrumBackend.create({ device, panelWidth: 4, panelThreads: 16 }), device };
}

const devicesOf = (records: ReadonlyMap<string, SpectrumRecord>) =>
  [...records.values()].flatMap(({ spectra }) => Object.values(spectra).map(({ device }) => device));

it('a destroyed device changes no number: its matrix is repeated on a new one, and that is told', async () => {
  let now = await made();
  for (const mode of ['exact', 'fast'] as const) {
    const asked = await request(mode);
    const { backend, device } = now;
    const count = counted(device);
    const notices: string[] = [];
    const create = async (): Promise<GpuSpectrumBackend> => {
      now = await made();
      return now.backend;
    };
    const onNotice = (notice: string): void => void notices.push(notice);
    const gpu = new RecoveringGpu(backend, { create, onNotice, waitMs: 0 });

    const undisturbed = await measureDiversity(asked, { threads, gpu });
    expect(devicesOf(undisturbed)).toEqual(NAMES.map(() => 'webgpu'));
    expect([now.device === device, notices]).toEqual([true, []]);

    // The same again, and in the middle of it the device is destroyed.
    count.endAt = count.submitted + Math.floor(count.submitted / 2);
    const records = await measureDiversity(asked, { threads, gpu });
    expect((await device.lost).reason).toBe('destroyed');
    expect(now.device).not.toBe(device);
    expect(Object.fromEntries(records)).toEqual(Object.fromEntries(undisturbed));
    expect(notices).toContainEqual(
      expect.stringMatching(
        /^The GPU went away: model\.layers\.\d\..* was computed again, on a new device\.$/,
      ),
    );
  }
  now.device.destroy();
});
