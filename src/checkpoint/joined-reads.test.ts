import { describe, expect, it } from 'vitest';
import { readRange, type ByteSource } from './byte-source.ts';
import { JoinedReads } from './joined-reads.ts';
import { failureOf } from './testing/files.ts';

const CONTENT = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7) & 255);

/** Notes what is read of it; what begins before `gone` cannot be. */
function noted(gone = 0): ByteSource & { readonly reads: [number, number][] } {
  const reads: [number, number][] = [];
  return {
    ...{ name: 'f', size: CONTENT.length, reads },
    slice: (start, end) => ({
      arrayBuffer: () => {
        reads.push([start, end]);
        return start < gone
          ? Promise.reject(new Error('gone'))
          : Promise.resolve(CONTENT.slice(start, end).buffer);
      },
    }),
  };
}

const read = (source: ByteSource, [start, end]: readonly [number, number], tensor = 't') =>
  readRange(source, start, end, { file: 'f', tensor });
const asRanges = (pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([start, end]) => ({ start, end }));

describe('joined reads', () => {
  it('read neighbours together, once, whatever the order, and others by themselves', async () => {
    const source = noted();
    const wanted = [
      [300, 340],
      [100, 200],
      [200, 300],
      [350, 360],
      [900, 1000],
    ] as const;
    const joined = new JoinedReads(source, asRanges(wanted));
    const found = await Promise.all(wanted.map((range) => read(joined, range)));
    found.forEach((bytes, index) =>
      expect(bytes).toEqual(CONTENT.slice(...(wanted[index] as [number, number]))),
    );
    expect(source.reads).toEqual([
      [100, 340],
      [350, 360],
      [900, 1000],
    ]);
    expect(found[0]?.buffer).toBe(found[1]?.buffer);
  });

  it('hand a range out once: it may be written over', async () => {
    const source = noted();
    const joined = new JoinedReads(
      source,
      asRanges([
        [0, 10],
        [10, 20],
      ]),
    );
    (await read(joined, [0, 10])).fill(99);
    expect(await read(joined, [0, 10])).toEqual(CONTENT.slice(0, 10));
    expect(await read(joined, [10, 20])).toEqual(CONTENT.slice(10, 20));
    expect(source.reads).toEqual([
      [0, 20],
      [0, 10],
    ]);
  });

  it('give what has bytes in common with another range, or was not announced, its own', async () => {
    const source = noted();
    const joined = new JoinedReads(
      source,
      asRanges([
        [0, 10],
        [5, 20],
        [0, 10],
      ]),
    );
    (await read(joined, [0, 10])).fill(99);
    for (const range of [
      [5, 20],
      [0, 10],
      [20, 30],
      [0, 5],
    ] as const)
      expect(await read(joined, range)).toEqual(CONTENT.slice(...range));
  });

  it('name the tensor whose bytes cannot be read, and read those of the others', async () => {
    const joined = new JoinedReads(
      noted(50),
      asRanges([
        [40, 60],
        [60, 80],
      ]),
    );
    expect(await failureOf(read(joined, [40, 60], 'first'))).toMatchObject({
      name: 'FileUnreadable',
      place: { file: 'f', tensor: 'first' },
    });
    expect(await read(joined, [60, 80], 'second')).toEqual(CONTENT.slice(60, 80));
  });
});
