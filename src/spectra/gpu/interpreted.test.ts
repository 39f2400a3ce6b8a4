/** The kernels themselves, on the CPU: with the arithmetic a GPU may have, and with an eye on races and bounds. */
import { afterAll, describe, expect, it, vi } from 'vitest';
import { GpuSpectrumBackend } from './backend.ts';
import type { KernelSource } from './kernel.ts';
import { moduleOf } from './kernel.ts';
import { multiplyReference } from './reference/multiply.ts';
import { smallSingularValues } from './reference/small.ts';
import { SpectrumDevice } from './spectrum-device.ts';
import type { BandReducer } from './testing/band-suite.ts';
import { bandSuite } from './testing/band-suite.ts';
import { gpuReducer } from './testing/gpu-reducer.ts';
import type { Arithmetic } from '../../../tools/wgsl-interpreter/compile.ts';
import { compileShader } from '../../../tools/wgsl-interpreter/compile.ts';
import { WEBGPU_GLOBALS, interpretedDevice } from '../../../tools/wgsl-interpreter/device.ts';
import { uniformMatrix } from './testing/known-spectrum.ts';
import { combine } from './wgsl/combine.ts';
import { multiply } from './wgsl/multiply.ts';
import { place } from './wgsl/place.ts';
import { projectColumns, projectRows } from './wgsl/project.ts';
import { rankUpdate } from './wgsl/rank-update.ts';
import { reflectors } from './wgsl/reflectors.ts';
import { treeNode } from './wgsl/tree-node.ts';

for (const [name, value] of Object.entries(WEBGPU_GLOBALS)) vi.stubGlobal(name, value);
afterAll(() => void vi.unstubAllGlobals());

const KEEPING: Arithmetic = { flush: false, contract: false, ulps: 0 };
const ROUGH: Arithmetic = { flush: true, contract: true, ulps: 2.5 };
/** Small, so that few rows make a deep tree. */
const OPTIONS = { panelWidth: 4, panelThreads: 16 };

function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  const errors = Array.from(expected, (value, at) => Math.abs(value - (actual[at] as number)));
  return Math.max(...errors) / Math.max(...Array.from(expected, Math.abs));
}

const reducer = await gpuReducer(new SpectrumDevice(interpretedDevice(ROUGH).device), {
  ...{ width: 4, leaf: 8, threads: 16 },
});
bandSuite('kernels, interpreted with the least that WGSL promises', (): BandReducer => reducer, 2e-6);

describe('singularValues, interpreted', () => {
  it.each([
    [41, 9, Infinity],
    [9, 41, Infinity],
    [20, 18, Infinity],
    [60, 9, 4 * 12 * 25],
  ])('of %i × %i are right and leave no memory behind', async (rows, cols, matrixBytes) => {
    const { device, live } = interpretedDevice(ROUGH);
    const backend = await GpuSpectrumBackend.create({ ...OPTIONS, device, matrixBytes });
    const matrix = uniformMatrix(rows, cols, 4);
    const actual = await backend.singularValues(matrix, rows, cols);
    expect(worst(actual, smallSingularValues(matrix, rows, cols))).toBeLessThan(2e-6);
    expect(live()).toBe(0);
  });

  it.each([
    ['keeps', KEEPING, 1e-21],
    ['keeps', KEEPING, 1e-22],
    ['flushes', ROUGH, 1e-18],
    ['flushes', ROUGH, 1e-19],
  ])('bear a column whose squares are subnormal, where a device %s them', async (_, arithmetic, size) => {
    const [rows, cols] = [40, 8];
    const { device } = interpretedDevice(arithmetic);
    const backend = await GpuSpectrumBackend.create({ ...OPTIONS, device });
    const matrix = uniformMatrix(rows, cols, 4).map((value, at) => (at % cols === 0 ? size * value : value));
    const actual = await backend.singularValues(matrix, rows, cols);
    expect(worst(actual, smallSingularValues(matrix, rows, cols))).toBeLessThan(1e-6);
  });
});

it('multiplies, interpreted, from both sides and in blocks of rows', async () => {
  const [rows, cols, count] = [21, 530, 3];
  const { device, live } = interpretedDevice(ROUGH);
  const backend = await GpuSpectrumBackend.create({ ...OPTIONS, device, matrixBytes: 4 * cols * 12 });
  const matrix = uniformMatrix(rows, cols, 3);
  const operator = await backend.operator(matrix, rows, cols);
  const x = uniformMatrix(cols, count, 4);
  const y = uniformMatrix(rows, count, 5);
  const across = multiplyReference(matrix, x, rows, count, cols, false);
  expect(worst(await operator.times(x, count), across)).toBeLessThan(2e-6);
  const back = multiplyReference(matrix, y, cols, count, rows, true);
  expect(worst(await operator.transposeTimes(y, count), back)).toBeLessThan(2e-6);
  operator.dispose();
  expect(live()).toBe(0);
});

describe('every barrier of every kernel', () => {
  const shape = { width: 4, leaf: 8, threads: 16 };
  /** Parameters that make it loop where it can, and workgroups along x and y. */
  const cases: readonly (readonly [KernelSource, readonly number[], number, number])[] = [
    [treeNode(shape), [0, 8, 0, 4, 1, 128, 1, 2, 16], 1, 1],
    [reflectors(shape), [0, 16, 2, 0, 4, 1], 1, 2],
    [combine(4), [0, 300, 2], 1, 2],
    [multiply(false), [0, 20, 10, 40, 40], 1, 1],
    [multiply(true), [0, 20, 10, 40, 40], 1, 1],
    [place(true), [0, 20, 20, 0, 20, 0x3f800000], 2, 2],
    [projectColumns(4), [0, 70, 20, 0, 20, 70], 1, 1],
    [projectRows(4), [0, 70, 20, 0, 70, 70], 1, 1],
    [rankUpdate(4), [0, 40, 20, 0, 20], 1, 2],
  ];

  it.each(cases.map((one) => [one[0].label, ...one] as const))(
    'is enough, and none too many: %s',
    (_, source, params, x, y) => {
      const run = (code: string): void => {
        const storage = source.storage.map((__, at) => uniformMatrix(1, 4000, at + 1));
        compileShader(code, KEEPING).run(Uint32Array.from(params), storage, x, y);
      };
      const barrier = 'workgroupBarrier();';
      const parts = moduleOf(source).split(barrier);
      run(parts.join(barrier));
      for (let without = 1; without < parts.length; without++) {
        const [before, after] = [parts.slice(0, without), parts.slice(without)];
        expect(() => run([before.join(barrier), after.join(barrier)].join(' '))).toThrow(/without a barrier/);
      }
    },
  );
});
