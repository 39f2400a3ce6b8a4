import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../work/seeded-random.ts';
import { codecOf, type AnyEncoded } from '../codecs.ts';
import { floatCases } from '../testing/float-cases.ts';
import { bookOf, floatBook } from './book.ts';
import { energyOfSteps, scaleInto } from './scaled.ts';

const DATA = new URL('../../../../tools/quantized/data/floats/', import.meta.url);
const CASES = await floatCases((file) => new Uint8Array(readFileSync(new URL(file, DATA))));

/** As bitsandbytes stores them. */
function quantMap(name: string): Float32Array<ArrayBuffer> {
  const [map] = [...(CASES.get(name)?.stored ?? [])].filter(([key]) => key.endsWith('.quant_map'));
  return new Float32Array(map?.[1].bytes.buffer ?? new ArrayBuffer(0));
}

describe('steps of a book', () => {
  it('are the mean distance to both neighbours, at the ends to the one', () => {
    const { values, steps } = floatBook('F4_E2M1');
    expect([...values]).toEqual([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6]);
    const magnitudes = [0.5, 0.5, 0.5, 0.5, 0.75, 1, 1.5, 2];
    expect([...steps]).toEqual([...magnitudes, ...magnitudes]);
  });

  it('reach from the finest to the coarsest of FP8, and leave out what is no number', () => {
    const e4m3 = floatBook('F8_E4M3');
    expect([e4m3.steps[0], e4m3.steps[1], e4m3.steps[0x7e], e4m3.steps[0x7f]]).toEqual([
      2 ** -9,
      2 ** -9,
      32,
      0,
    ]);
    // 1 lies between 15/16 and 9/8.
    expect(e4m3.steps[0x38]).toBe((1 / 16 + 1 / 8) / 2);
    const e5m2 = floatBook('F8_E5M2');
    expect([e5m2.steps[0x7b], e5m2.steps[0x7c], e5m2.steps[0xff]]).toEqual([8192, 0, 0]);
  });

  it('are zero where all values are one', () => {
    expect([...bookOf(new Float32Array([3, 3, 3])).steps]).toEqual([0, 0, 0]);
  });

  it('give the energy in closed form', () => {
    const scales = new Float32Array([2, 3]);
    const run = { codes: new Uint8Array([0x70, 0x04]), order: 'low first' as const, scales, scaleAt: 0 };
    const steps = new Float32Array(3);
    // 0 and 6 under scale 2, 2 under scale 3.
    scaleInto(steps, 0, floatBook('F4_E2M1').steps, { ...run, first: 0, count: 3, group: 2, phase: 0 });
    expect(energyOfSteps(steps)).toBeCloseTo(((2 * 0.5) ** 2 + (2 * 2) ** 2 + (3 * 0.75) ** 2) / 12, 12);
  });

  // The less even a book, the less its mean distance says: one code of FP4 lies 0.005 from zero and 0.16 from the next.
  it.each([
    ['F8_E4M3', floatBook('F8_E4M3').values, 0.07],
    ['F8_E5M2', floatBook('F8_E5M2').values, 0.02],
    ['F4_E2M1', floatBook('F4_E2M1').values, 0.06],
    ['NF4', quantMap('nf4'), 0.1],
    ['FP4 of bitsandbytes', quantMap('fp4'), 0.15],
  ])('expect what rounding blocks of 64 normal values to %s costs', (_, values, tolerance) => {
    const random = seededRandom(9);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const { steps } = bookOf(values);
    const finite = [...values.keys()].filter((code) => Number.isFinite(values[code]));
    const most = Math.max(...finite.map((code) => values[code] as number));
    let [measured, expected] = [0, 0];
    for (let block = 0; block < 300; block += 1) {
      const plain = Array.from({ length: 64 }, normal);
      const scale = Math.max(...plain.map(Math.abs)) / most;
      for (const value of plain) {
        const distance = (code: number): number => Math.abs((values[code] as number) * scale - value);
        const nearest = finite.reduce((best, code) => (distance(code) < distance(best) ? code : best));
        measured += distance(nearest) ** 2;
        expected += (scale * (steps[nearest] as number)) ** 2 / 12;
      }
    }
    expect(Math.abs(expected / measured - 1)).toBeLessThan(tolerance);
  });
});

describe('what rounding to LLM.int8 is expected to cost', () => {
  it('is the evenly spaced step of each row', () => {
    const part = { file: '', name: '', dtype: 'I8', shape: [], start: 0, end: 0 } as const;
    const tensor: AnyEncoded = {
      ...{ storedName: 'w', shape: [2, 3], codec: 'rowInt8', coding: { scale: 'F32' } },
      parts: { codes: part, scale: part },
    };
    const scale = new Uint8Array(new Float32Array([127, 254]).buffer);
    const energy = codecOf(tensor).roundingEnergy(
      { scale, codes: new Uint8Array(6) },
      { first: 0, count: 2 },
    );
    expect(energy).toBeCloseTo((3 * 1 + 3 * 4) / 12, 6);
  });
});
