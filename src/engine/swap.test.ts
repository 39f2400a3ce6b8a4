import { describe, expect, it } from 'vitest';
import type { CapturedKv } from './swap.ts';
import { resampleTokens, swapFeeds } from './swap.ts';
import { wasmBackend } from './testing/golden-model.ts';

describe('resampleTokens', () => {
  const rows = Float32Array.of(0, 10, 2, 30, 6, 50);

  it('reads row i at i (n − 1) / (m − 1)', () => {
    // Three rows of two to five: at 0, 0.5, 1, 1.5, 2.
    expect([...resampleTokens(rows, 2, 5)]).toEqual([0, 10, 1, 20, 2, 30, 4, 40, 6, 50]);
    expect([...resampleTokens(rows, 2, 2)]).toEqual([0, 10, 6, 50]);
  });

  it('to four rows interpolates at thirds', () => {
    const found = resampleTokens(rows, 2, 4);
    const expected = [0, 10, 4 / 3, 10 + (2 / 3) * 20, 2 + 4 / 3, 30 + 20 / 3, 6, 50];
    found.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 5));
  });

  it('is the identity for equal counts, takes the first row for one, and repeats a single row', () => {
    expect(resampleTokens(rows, 2, 3)).toBe(rows);
    expect([...resampleTokens(rows, 2, 1)]).toEqual([0, 10]);
    expect([...resampleTokens(Float32Array.of(7, 8), 2, 3)]).toEqual([7, 8, 7, 8, 7, 8]);
  });
});

describe('swapFeeds', () => {
  const kvDim = 2;
  const source = (tokens: number, start: number): CapturedKv => {
    const ramp = (from: number): Float32Array =>
      Float32Array.from({ length: tokens * kvDim }, (_, index) => from + index);
    return {
      tokens,
      keys: [ramp(start), ramp(start + 100)],
      values: [ramp(-start), ramp(-start - 100)],
      injections: [],
    };
  };
  const layout = { sequence: 4, kvDim };
  const positions = [1, 2];
  const over = (source: CapturedKv) => ({ source, positions });
  const read = (feeds: ReturnType<typeof swapFeeds>, name: string): number[] =>
    Array.from(feeds[`0.${name}`]?.data as Float32Array, Number);

  it('lays a layer’s keys and values over the image positions of the swapped slots', () => {
    const [a, b] = [source(2, 10), source(2, 20)];
    const feeds = swapFeeds(wasmBackend(), 1, [null, over(a), over(b)], layout);
    expect(read(feeds, 'swap_mask')).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0]);
    const none = Array<number>(8).fill(0);
    expect(read(feeds, 'swap_key')).toEqual([
      ...none,
      ...[0, 0, 110, 111, 112, 113, 0, 0],
      ...[0, 0, 120, 121, 122, 123, 0, 0],
    ]);
    expect(read(feeds, 'swap_value').slice(8, 16)).toEqual([0, 0, -110, -109, -108, -107, 0, 0]);
    expect(feeds['0.swap_key']?.dims).toEqual([3, 4, kvDim]);
  });

  it('sends a source common to all swapped slots once', () => {
    const a = source(2, 10);
    const feeds = swapFeeds(wasmBackend(), 0, [over(a), null, over(a)], layout);
    expect(feeds['0.swap_key']?.dims).toEqual([1, 4, kvDim]);
    expect(read(feeds, 'swap_key')).toEqual([0, 0, 10, 11, 12, 13, 0, 0]);
    expect(feeds['0.swap_mask']?.dims).toEqual([3, 4, 1]);
  });

  it('lays each slot’s source where that slot wants it', () => {
    const a = source(1, 10);
    const slots = [
      { source: a, positions: [3] },
      { source: a, positions: [0, 1] },
    ];
    const feeds = swapFeeds(wasmBackend(), 0, slots, layout);
    expect(read(feeds, 'swap_mask')).toEqual([0, 0, 0, 1, 1, 1, 0, 0]);
    expect(read(feeds, 'swap_key')).toEqual([0, 0, 0, 0, 0, 0, 10, 11, 10, 11, 10, 11, 0, 0, 0, 0]);
  });

  it('resamples a source with another number of tokens', () => {
    const feeds = swapFeeds(wasmBackend(), 0, [over(source(3, 10))], layout);
    expect(read(feeds, 'swap_key')).toEqual([0, 0, 10, 11, 14, 15, 0, 0]);
  });

  it('refuses sources of another architecture, and prompts with nothing to replace', () => {
    const backend = wasmBackend();
    const refused = (name: string): Error => expect.objectContaining({ name }) as Error;
    expect(() => swapFeeds(backend, 2, [over(source(2, 1))], layout)).toThrow(refused('IncompatibleSource'));
    const wider = { ...layout, kvDim: 4 };
    expect(() => swapFeeds(backend, 0, [over(source(2, 1))], wider)).toThrow(refused('IncompatibleSource'));
    const at = (positions: number[]) => [{ source: source(2, 1), positions }];
    expect(() => swapFeeds(backend, 0, at([]), layout)).toThrow(refused('NoImageTokens'));
    expect(() => swapFeeds(backend, 0, at([1, 4]), layout)).toThrow(refused('UnknownPosition'));
    expect(backend.heldBytes).toBe(0);
  });
});
