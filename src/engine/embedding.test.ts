import { describe, expect, it } from 'vitest';
import { EmbeddingTable } from './embedding.ts';

/** A table whose row `t` is `[t, t + ½]`, and what was read of it. */
function table(vocabSize: number, hiddenSize = 2) {
  const reads: [first: number, count: number][] = [];
  const embedding = new EmbeddingTable(vocabSize, hiddenSize, (first, count) => {
    reads.push([first, count]);
    const rows = Float32Array.from({ length: count * hiddenSize }, (_, index) => {
      const column = index % hiddenSize;
      return first + Math.floor(index / hiddenSize) + (column === 1 ? 0.5 : 0);
    });
    return Promise.resolve(rows);
  });
  return { embedding, reads };
}

describe('a small table', () => {
  it('is read once, whole', async () => {
    const { embedding, reads } = table(10);
    expect([...(await embedding.lookup([3, 0, 3]))]).toEqual([3, 3.5, 0, 0.5, 3, 3.5]);
    expect([...(await embedding.lookup([9]))]).toEqual([9, 9.5]);
    expect(reads).toEqual([[0, 10]]);
  });

  it('is read again after a read that failed', async () => {
    let fails = true;
    const embedding = new EmbeddingTable(2, 1, () => {
      if (fails) return Promise.reject(new Error('gone'));
      return Promise.resolve(Float32Array.of(1, 2));
    });
    await expect(embedding.lookup([0])).rejects.toThrow('gone');
    fails = false;
    expect([...(await embedding.lookup([1]))]).toEqual([2]);
  });
});

describe('a table too large to hold', () => {
  // 152 064 × 128 float32 are 78 MB; more than is held.
  const large = (): ReturnType<typeof table> => table(152_064, 128);

  it('is read row by row, each row once', async () => {
    const { embedding, reads } = large();
    const rows = await embedding.lookup([150_000, 7, 150_000]);
    expect([rows[0], rows[1], rows[128], rows[256], rows[257]]).toEqual([
      150_000, 150_000.5, 7, 150_000, 150_000.5,
    ]);
    await embedding.lookup([7, 8]);
    expect(reads).toEqual([
      [150_000, 1],
      [7, 1],
      [8, 1],
    ]);
  });

  it('keeps a bounded number of rows, and right ones, however many are asked for', async () => {
    const { embedding, reads } = large();
    const many = Array.from({ length: 3000 }, (_, token) => token);
    await embedding.lookup(many);
    const next = await embedding.lookup(many.map((token) => token + 1500));
    expect(reads).toHaveLength(4500);
    expect(next[0]).toBe(1500);
    expect(next[2999 * 128]).toBe(4499);
    // 4500 rows are more than are kept: the first ones are read again.
    await embedding.lookup([0]);
    expect(reads).toHaveLength(4501);
    // The ones last used are not.
    await embedding.lookup([4499, 1500, 405]);
    expect(reads).toHaveLength(4501);
  });

  it('lets go of the rows unused for longest, however a lookup grows', async () => {
    const { embedding, reads } = large();
    const tokens = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);
    await embedding.lookup([7]);
    for (let from = 1000; from < 9000; from += 1000) await embedding.lookup([7, ...tokens(from, 1000)]);
    reads.length = 0;
    await embedding.lookup([7, ...tokens(6000, 3000)]);
    expect(reads).toEqual([]);
  });
});

it.each([-1, 10, 1.5])('refuses token %d of 10 by name', async (token) => {
  const { embedding } = table(10);
  await expect(embedding.lookup([0, token])).rejects.toMatchObject({ name: 'UnknownToken' });
});
