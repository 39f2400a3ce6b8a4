/** The runner on the CPU in Node: what cases throw, and what a device does not offer. */
import { beforeAll, expect, test } from 'vitest';
import { readFromDisk } from '../engine/testing/goldens-from-disk.ts';
import { NamedError } from '../named-error.ts';
import { CpuBackend } from '../spectra/cpu-backend.ts';
import { inlineThreads } from '../spectra/threads/inline.ts';
import { CASES } from './case.ts';
import type { CheckEngine } from './engine-cases.ts';
import type { Goldens } from './goldens.ts';
import { reportOf } from './report.ts';
import { runCheck, type CheckedDevice } from './run.ts';
import { committedGoldens } from './testing/committed-goldens.ts';
import { verdictOf } from './verdict.ts';

let goldens: Goldens;
beforeAll(async () => {
  goldens = await committedGoldens(readFromDisk);
});

const failing = (name: ConstructorParameters<typeof NamedError>[0]) => () =>
  Promise.reject(new NamedError(name, 'it is so', {}, ''));

/** An engine that gives nothing, or says why it does not. */
function deviceOf(engine: Partial<CheckEngine>): CheckedDevice {
  const opened = { id: 'golden', layers: 3 };
  return {
    device: 'webgpu',
    engine: {
      open: () => Promise.resolve(opened),
      close: () => Promise.resolve(),
      load: () => Promise.resolve({ adapter: 'made up' }),
      forward: () => Promise.resolve({ rows: [] }),
      generate: () => Promise.resolve({ rows: [{ tokens: [] }] }),
      captureImageKv: () => Promise.resolve('kv'),
      releaseKv: () => undefined,
      cancel: () => undefined,
      ...engine,
    } as unknown as CheckEngine,
    spectra: () => Promise.resolve({ backend: new CpuBackend(inlineThreads()), dispose: () => undefined }),
  };
}

test('a device that gives nothing fails every case of the engine, and no other', async () => {
  const { found, adapter } = await runCheck(deviceOf({}), goldens);
  expect(adapter).toBe('made up');
  expect(found.filter(({ passed }) => passed).map(({ name }) => name)).toEqual(['spectrum', 'product']);
  expect(found.find(({ name }) => name === 'f32-answer')).toMatchObject({ error: 8, at: 'token 1 of 8' });
  expect(found.find(({ name }) => name === 'q4-prompt')).toMatchObject({
    error: Infinity,
    at: 'vision embeddings',
  });
});

test('what a case throws is its problem, and the others are run', async () => {
  const { found } = await runCheck(deviceOf({ captureImageKv: failing('RunFailed') }), goldens);
  expect(found).toHaveLength(CASES.length);
  expect(found.find(({ name }) => name === 'f32-interventions')).toMatchObject({
    ...{ error: null, passed: false, problem: 'RunFailed: it is so' },
  });
});

test('spectra that cannot be made fail their cases', async () => {
  const device = { ...deviceOf({}), spectra: failing('GpuRejected') };
  const { found } = await runCheck(device, goldens);
  expect(verdictOf('webgpu', found).wrong.slice(-2)).toEqual(['spectrum', 'product']);
});

test('a format that is not offered is absent, and nothing is wrong with it', async () => {
  const load: CheckEngine['load'] = (_job, _id, { dtype }) =>
    dtype === 'f16' ? failing('NoHalfPrecision')() : (Promise.resolve({ adapter: 'x' }) as never);
  const { found, absent } = await runCheck(deviceOf({ load }), goldens);
  expect(absent).toEqual(['f16']);
  expect(found.some(({ name }) => name.startsWith('f16'))).toBe(false);
});

test.each(['NoWebGpu', 'ModuleUnavailable', 'DoesNotFit'] as const)(
  'a device that cannot be had is no device that computes wrong: %s',
  async (name) => {
    await expect(runCheck(deviceOf({ load: failing(name) }), goldens)).rejects.toMatchObject({ name });
  },
);

test('the file says of every case what it was held to, and keeps place and time apart', async () => {
  const run = await runCheck(deviceOf({}), goldens);
  const around = { begun: '2026-01-01T00:00:00.000Z', browser: 'a browser', gpu: null, measured: null };
  const { report, verdict } = reportOf('webgpu', run, around);
  expect(report.computesRight).toBe(verdict.right);
  expect(report.sentence).toMatch(/^This device computes wrong: f32-prompt, /);
  for (const one of report.cases) {
    expect(one.oracle, one.name).not.toBe('');
    expect(one.boundFrom, one.name).toMatch(/README\.md|src\/spectra/);
  }
  const { frankenscope, ...found } = report;
  expect(frankenscope.run).toMatchObject({ adapter: 'made up', browser: 'a browser' });
  // Two runs that found the same say the same.
  const later = reportOf('webgpu', run, { ...around, begun: '2027-01-01T00:00:00.000Z', browser: 'another' });
  expect({ ...later.report, frankenscope: null }).toEqual({ ...found, frankenscope: null });
});
