/** A device that goes away at any of its calls, in the interpreter: no number is other than that of an undisturbed run. */
import type { ErrorName } from '../error-name.ts';
import type { SpectrumBackend } from './backend.ts';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { failureOf } from '../checkpoint/testing/files.ts';
import { NamedError } from '../named-error.ts';
import { deltasOf } from './deltas/delta-spec.ts';
import { pairTensors } from './deltas/pairing.ts';
import type { DiversityRequest, SpectrumRecord } from './diversity.ts';
import { measureDiversity } from './diversity.ts';
import { createTwice, RecoveringGpu } from './recovering-gpu.ts';
import { GpuSpectrumBackend } from './gpu/backend.ts';
import type { DeviceCall, InterpretedDevice } from '../../tools/wgsl-interpreter/device.ts';
import { interpretedDevice, WEBGPU_GLOBALS } from '../../tools/wgsl-interpreter/device.ts';
import { uniformMatrix } from './gpu/testing/known-spectrum.ts';
import type { OverlapRequest } from './overlap.ts';
import { measureOverlap } from './overlap.ts';
import { testCheckpoint } from './testing/triples.ts';
import { inlineThreads } from './threads/inline.ts';

for (const [name, value] of Object.entries(WEBGPU_GLOBALS)) vi.stubGlobal(name, value);
// Submissions are sized by the time the last one took: a clock that stands still makes their number the same every time.
vi.spyOn(performance, 'now').mockReturnValue(0);
afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const threads = inlineThreads();
const [ROWS, COLUMNS] = [7, 5];
const NAMES = [0, 1].map((layer) => `model.layers.${layer}.mlp.up_proj.weight`);
const EXACT = { flush: false, contract: false, ulps: 0 };
const OPTIONS = { panelWidth: 4, panelThreads: 16 };
/** Every call of a device is tried with this, and else the first and the last of each kind. */
const ALL = process.env.LOSE_AT_EVERY_CALL !== undefined;

async function request(mode: 'exact' | 'fast', names = NAMES): Promise<DiversityRequest> {
  const tensors = (seed: number) =>
    names.map((name, layer) => ({
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

/** With a check, as the real one has, that is over sooner. */
async function checked(device: GPUDevice): Promise<GpuSpectrumBackend> {
  const backend = await GpuSpectrumBackend.create({ ...OPTIONS, device });
  await backend.singularValues(uniformMatrix(2, 2, 1), 2, 2);
  return backend;
}

interface Bench {
  readonly devices: InterpretedDevice[];
  readonly notices: string[];
  readonly seat: RecoveringGpu;
}

/** Devices one after another; each goes away at its call of that number, counted from its birth; undefined: never. */
async function bench(losses: readonly (number | undefined)[], most = Infinity): Promise<Bench> {
  const devices: InterpretedDevice[] = [];
  const notices: string[] = [];
  const create = async (): Promise<GpuSpectrumBackend> => {
    const atCall = losses[devices.length];
    if (devices.length === most) throw new TypeError('Failed to execute requestDevice: too many');
    const made = interpretedDevice(EXACT, {}, atCall === undefined ? undefined : { atCall });
    devices.push(made);
    return checked(made.device);
  };
  const onNotice = (notice: string): void => void notices.push(notice);
  return { devices, notices, seat: new RecoveringGpu(await create(), { create, onNotice, waitMs: 0 }) };
}

/** What a device does until it is checked, and in one undisturbed run. */
async function quietRun<T>(run: (seat: RecoveringGpu) => Promise<T>) {
  const { seat, devices, notices } = await bench([]);
  const calls = devices[0]?.calls ?? [];
  const born = calls.length;
  const result = await run(seat);
  expect(notices).toEqual([]);
  return { result, born, calls: [...calls] };
}

/** Where to lose a device, one call after another, or one of every kind at the beginning and at the end. */
function places(calls: readonly DeviceCall[], born: number): number[] {
  const all = calls.slice(born).map((_, at) => born + 1 + at);
  if (ALL) return all;
  const kinds = new Set(calls.slice(born));
  return [...kinds].flatMap((kind) => [calls.indexOf(kind, born) + 1, calls.lastIndexOf(kind) + 1]);
}

const devicesOf = (records: ReadonlyMap<string, SpectrumRecord>) =>
  [...records.values()].flatMap(({ spectra }) => Object.values(spectra).map(({ device }) => device));

describe.each(['exact', 'fast'] as const)('a device lost at any of its calls, %s', (mode) => {
  it(
    'changes no number: the matrix is repeated on a new one, and that is told',
    async () => {
      const asked = await request(mode, NAMES.slice(0, 1));
      const { result, born, calls } = await quietRun((gpu) => measureDiversity(asked, { threads, gpu }));
      expect(devicesOf(result)).toEqual(['webgpu']);
      expect(new Set(calls.slice(born))).toEqual(new Set(['buffer', 'errors', 'submit', 'map']));
      let repeated = 0;
      for (const atCall of places(calls, born)) {
        const { seat, devices, notices } = await bench([atCall]);
        const records = await measureDiversity(asked, { threads, gpu: seat });
        expect(records, `lost at call ${atCall}, ${String(calls[atCall - 1])}`).toEqual(result);
        // A loss at the end is noticed by nobody.
        expect(notices).toEqual(
          devices.length === 1
            ? []
            : [`The GPU went away: ${NAMES[0] ?? ''} was computed again, on a new device.`],
        );
        repeated += devices.length - 1;
      }
      expect(repeated).toBeGreaterThan(4);
    },
    ALL ? 3_600_000 : undefined,
  );
});

describe('a device lost again', () => {
  it('leaves that matrix to the CPU, says so in its record, and goes on with a third device', async () => {
    const asked = await request('exact');
    const { result: gpu, born } = await quietRun((seat) => measureDiversity(asked, { threads, gpu: seat }));
    const cpu = await measureDiversity(asked, { threads });
    const { seat, devices, notices } = await bench([born + 20, born + 20]);
    const records = await measureDiversity(asked, { threads, gpu: seat });
    expect(notices.filter((notice) => notice.includes('went away twice'))).toEqual([
      expect.stringMatching(
        /^The GPU went away twice over model\.layers\.\d\.mlp\.up_proj\.weight: it is computed on the CPU, as its record says\.$/,
      ),
    ]);
    expect(devices.length).toBe(3);
    expect(devicesOf(records).sort()).toEqual(['cpu', 'webgpu']);
    for (const [name, { spectra }] of records)
      for (const [delta, spectrum] of Object.entries(spectra)) {
        expect(spectrum).toEqual((spectrum.device === 'cpu' ? cpu : gpu).get(name)?.spectra[delta]);
        expect(spectrum.adapter).toBe(spectrum.device === 'cpu' ? undefined : 'architecture interpreted');
      }
  });

  it('and no new one to be had: all that is left is the CPU’s, told once, in plain words', async () => {
    const asked = await request('exact');
    const { born } = await quietRun(() => Promise.resolve());
    const { seat, notices } = await bench([born + 20], 1);
    const records = await measureDiversity(asked, { threads, gpu: seat });
    expect(devicesOf(records)).toEqual(['cpu', 'cpu']);
    expect(notices).toEqual([
      'The GPU went away, and there is no new device (the browser made no device): what is left is computed on the CPU, as each record says.',
    ]);
    expect(await seat.run('x', () => Promise.resolve(1))).toBeNull();
  });

  it('while it is compiled, or checked: one more is asked for', async () => {
    const asked = await request('exact', NAMES.slice(0, 1));
    const { result, born } = await quietRun((gpu) => measureDiversity(asked, { threads, gpu }));
    for (const atCall of [3, born]) {
      const { seat, devices } = await bench([born + 20, atCall]);
      expect(await measureDiversity(asked, { threads, gpu: seat })).toEqual(result);
      expect(devices.length).toBe(3);
    }
  });
});

it('an overlap whose device is lost is repeated whole, and says what multiplied it', async () => {
  const { checkpoints, pairing, deltas } = await request('exact');
  const [delta] = deltas;
  if (!delta) throw new Error('no update');
  const asked: OverlapRequest = {
    ...{ checkpoints, pairing, deltas: [delta, delta], rounding: 'stored', k: 2, seed: 1 },
  };
  const { result, born } = await quietRun((gpu) => measureOverlap(asked, { threads, gpu }));
  expect(result.get(NAMES[0] ?? '')).toMatchObject({ device: 'webgpu', adapter: 'architecture interpreted' });
  const lost = await bench([born + 60]);
  expect(await measureOverlap(asked, { threads, gpu: lost.seat })).toEqual(result);
  expect(lost.devices.length).toBe(2);
  const twice = await bench([born + 60, born + 60]);
  const records = await measureOverlap(asked, { threads, gpu: twice.seat });
  expect([...records.values()].map(({ device }) => device)).toEqual(['cpu', 'webgpu']);
});

describe('cancelled', () => {
  it('while a new device is made: at once, and the device that comes later is given back', async () => {
    const { born } = await quietRun(() => Promise.resolve());
    const first = await checked(interpretedDevice(EXACT, {}, { atCall: born + 20 }).device);
    const controller = new AbortController();
    let disposed = 0;
    let deliver: () => void = () => undefined;
    const create = (): Promise<GpuSpectrumBackend> =>
      new Promise((resolve) => {
        deliver = () =>
          void checked(interpretedDevice(EXACT).device).then((made) => {
            Object.assign(made, { dispose: () => disposed++ });
            resolve(made);
          });
        controller.abort();
      });
    const seat = new RecoveringGpu(first, { create });
    const run = measureDiversity(
      await request('exact'),
      { threads, gpu: seat },
      { signal: controller.signal },
    );
    expect((await failureOf(run)).name).toBe('Cancelled');
    seat.dispose();
    deliver();
    await vi.waitFor(() => expect(disposed).toBeGreaterThan(0), { timeout: 30_000 });
  });

  it('in the very call that is lost: cancelled, and no new device is made', async () => {
    const { born } = await quietRun(() => Promise.resolve());
    const lost = await bench([born + 20]);
    const controller = new AbortController();
    const running = lost.seat.run(
      'x',
      async (gpu) => {
        const work = gpu.singularValues(uniformMatrix(ROWS, COLUMNS, 1), ROWS, COLUMNS);
        await work.catch(() => controller.abort());
        return work;
      },
      controller.signal,
    );
    expect((await failureOf(running)).name).toBe('Cancelled');
    expect(lost.devices).toHaveLength(1);
  });
});

describe('createTwice', () => {
  it('asks again after a passing failure, and never after a wrong answer', async () => {
    const failing = (name: ErrorName) => {
      let tries = 0;
      const create = (): Promise<never> => {
        tries++;
        return Promise.reject(new NamedError(name, 'x', {}, 'y'));
      };
      return createTwice(create, 0).then((result) => [result instanceof NamedError, tries]);
    };
    expect(await failing('NoWebGpu')).toEqual([true, 2]);
    expect(await failing('DeviceLost')).toEqual([true, 2]);
    expect(await failing('GpuResultWrong')).toEqual([true, 1]);
    expect(await failing('OutOfMemory')).toEqual([true, 1]);
  });
});

it('a GPU that comes back as another one is not gone on with', async () => {
  const disposed: string[] = [];
  const backend = (adapter: string): SpectrumBackend =>
    ({ device: 'webgpu', adapter, dispose: () => disposed.push(adapter) }) as unknown as SpectrumBackend;
  const notices: string[] = [];
  const seat = new RecoveringGpu(backend('vendor a'), {
    create: () => Promise.resolve(backend('vendor b')),
    onNotice: (notice) => void notices.push(notice),
    waitMs: 0,
  });
  const lost = new NamedError('DeviceLost', 'it went away', {}, '');
  expect(await seat.run('m', () => Promise.reject(lost))).toBeNull();
  expect(await seat.run('n', () => Promise.resolve('on the GPU'))).toBeNull();
  expect(disposed).toEqual(['vendor a', 'vendor b']);
  expect(notices).toEqual([expect.stringContaining('gives another (vendor b): what is left')]);
});
