import { describe, expect, it } from 'vitest';
import type { Packable } from './batches.ts';
import { packBatches } from './batches.ts';

const prompt = (length: number, rows: number, rowsPerBatch: number): Packable => ({
  length,
  rows,
  rowsPerBatch,
});
/** Prompts of each batch, one entry a row. */
const rowsOf = (prompts: readonly Packable[], ragged: boolean): number[][] =>
  packBatches(prompts, ragged).map((parts) =>
    parts.flatMap(({ prompt, count }) => Array<number>(count).fill(prompt)),
  );

describe('packing prompts into batches', () => {
  it('fills a batch with whole prompts, in order', () => {
    const prompts = [prompt(9, 3, 7), prompt(9, 3, 7), prompt(9, 3, 7)];
    expect(rowsOf(prompts, true)).toEqual([
      [0, 0, 0, 1, 1, 1],
      [2, 2, 2],
    ]);
  });

  it('answers a prompt with too many rows in pieces', () => {
    expect(packBatches([prompt(9, 5, 2)], true)).toEqual([
      [{ prompt: 0, first: 0, count: 2 }],
      [{ prompt: 0, first: 2, count: 2 }],
      [{ prompt: 0, first: 4, count: 1 }],
    ]);
  });

  it('keeps prompts of other lengths apart where rows have to be of one length', () => {
    const prompts = [prompt(9, 2, 8), prompt(7, 2, 8), prompt(9, 2, 8)];
    expect(rowsOf(prompts, false)).toEqual([
      [0, 0, 2, 2],
      [1, 1],
    ]);
    expect(rowsOf(prompts, true)).toEqual([[0, 0, 1, 1, 2, 2]]);
  });

  it('holds no more rows than the longest prompt in it allows', () => {
    expect(rowsOf([prompt(5, 3, 8), prompt(90, 3, 4), prompt(5, 1, 8)], true)).toEqual([
      [0, 0, 0],
      [1, 1, 1, 2],
    ]);
    expect(rowsOf([prompt(90, 3, 4), prompt(5, 3, 8)], true)).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
  });
});
