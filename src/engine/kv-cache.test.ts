import { describe, expect, it } from 'vitest';
import type { Backend, Tensor } from './backend/backend.ts';
import { KvCache } from './kv-cache.ts';
import { wasmBackend } from './testing/golden-model.ts';

const [HEADS, LENGTH, HEAD_DIM] = [2, 3, 2];
const ROW = HEADS * LENGTH * HEAD_DIM;

/** What a prefill leaves: slot `s` filled with `start + s`, values with its negative. */
function present(backend: Backend, slots: number, start: number): { key: Tensor; value: Tensor } {
  const dims = [slots, HEADS, LENGTH, HEAD_DIM];
  const fill = (sign: number): Float32Array =>
    Float32Array.from({ length: slots * ROW }, (_, index) => sign * (start + Math.floor(index / ROW)));
  return { key: backend.upload('float32', dims, fill(1)), value: backend.upload('float32', dims, fill(-1)) };
}

/** The number each row of a layer is filled with where the prefill was, and that no row is a mixture. */
function rowsOf(cache: KvCache, layer: number, part: 'key' | 'value' = 'key'): number[] {
  return positionsOf(cache, layer, part).map((row) => {
    const values = new Set(row.slice(0, HEADS).flatMap((head) => head.slice(0, LENGTH).flat()));
    expect(values.size).toBe(1);
    return [...values][0] as number;
  });
}

/** `[row][head][position][…]` of a layer. */
function positionsOf(cache: KvCache, layer: number, part: 'key' | 'value' = 'key'): number[][][][] {
  const tensor = cache.past(layer, layer + 1)[`0.past_${part}`] as Tensor;
  const [rows, heads, capacity, width] = tensor.dims as [number, number, number, number];
  const data = tensor.data as Float32Array;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: heads }, (_, head) =>
      Array.from({ length: capacity }, (_, position) => {
        const start = ((row * heads + head) * capacity + position) * width;
        return [...data.subarray(start, start + width)];
      }),
    ),
  );
}

/** Puts what a prefill of as many slots as the cache has rows left into layer 0: slot `s` filled with `1 + s`. */
async function installed(cache: KvCache, backend: Backend, rows: number, capacity: number): Promise<void> {
  const read = present(backend, rows, 1);
  await cache.put(0, read, same(rows), { at: 0, count: LENGTH, capacity });
  for (const tensor of [read.key, read.value]) backend.dispose(tensor);
}

/** Keys or values of `steps` tokens of two rows: `start` and the numbers after it. */
function freshOf(backend: Backend, steps: number, start: number): Tensor {
  const size = 2 * HEADS * steps * HEAD_DIM;
  const dims = [2, HEADS, steps, HEAD_DIM];
  return backend.upload(
    'float32',
    dims,
    Float32Array.from({ length: size }, (_, index) => start + index),
  );
}

/** Bytes of one layer's keys and values. */
function layerBytes(cache: KvCache): number {
  const { dims } = cache.past(0, 1)['0.past_key'] as Tensor;
  return 2 * 4 * dims.reduce((product, dim) => product * dim, 1);
}

/** A backend that says it updates caches in place. */
function sharingBackend(): Backend {
  return Object.defineProperty(wasmBackend(), 'sharedCache', { value: true });
}

const same = (count: number) => Array.from({ length: count }, (_, index) => ({ slot: index, row: index }));

describe('the cache', () => {
  it('takes over a prefill whose slots are its rows without a copy, where steps write in place', async () => {
    const backend = sharingBackend();
    const cache = new KvCache(backend, 2);
    const entry = present(backend, 2, 10);
    await cache.install(0, entry, same(2));
    expect(cache.past(0, 1)['0.past_key']).toBe(entry.key);
    expect(cache.into(0, 1)['0.present_value']).toBe(entry.value);
  });

  it('copies slots to the rows that share them, and gives the prefill back', async () => {
    const backend = wasmBackend();
    const cache = new KvCache(backend, 3);
    await cache.install(0, present(backend, 2, 10), [
      { slot: 1, row: 0 },
      { slot: 0, row: 1 },
      { slot: 0, row: 2 },
    ]);
    expect(rowsOf(cache, 0)).toEqual([11, 10, 10]);
    expect(rowsOf(cache, 0, 'value')).toEqual([-11, -10, -10]);
    expect(backend.heldBytes).toBe(layerBytes(cache));
  });

  it('is filled by several prefills in turn', async () => {
    const backend = wasmBackend();
    const cache = new KvCache(backend, 3);
    await cache.install(0, present(backend, 2, 10), same(2));
    await cache.install(0, present(backend, 1, 20), [{ slot: 0, row: 2 }]);
    expect(rowsOf(cache, 0)).toEqual([10, 11, 20]);
  });

  it.each([
    ['in the memory it has', wasmBackend(), 3],
    ['in tensors of their size, where steps write in place', sharingBackend(), 2],
  ])('keeps the rows named, %s', async (_, backend, held) => {
    const cache = new KvCache(backend, 3);
    for (const layer of [0, 1]) await cache.install(layer, present(backend, 3, 10 * layer + 1), same(3));
    await cache.keep([0, 2]);
    expect([rowsOf(cache, 0), rowsOf(cache, 1), rowsOf(cache, 1, 'value')]).toEqual([
      [1, 3],
      [11, 13],
      [-11, -13],
    ]);
    expect(cache.rows).toBe(2);
    expect(backend.heldBytes).toBe((2 * layerBytes(cache) * held) / 2);
    cache.dispose();
    expect(backend.heldBytes).toBe(0);
  });

  it('keeps rows in rising order only', async () => {
    const backend = wasmBackend();
    const cache = new KvCache(backend, 3);
    await cache.install(0, present(backend, 3, 1), same(3));
    for (const rows of [
      [2, 0],
      [1, 1],
    ])
      await expect(cache.keep(rows)).rejects.toThrow(`rows ${rows.join(', ')} are not in rising order`);
    expect(rowsOf(cache, 0)).toEqual([1, 2, 3]);
  });

  it('grows within the room that is held ready, up to what an answer may take', async () => {
    const backend = wasmBackend();
    const cache = new KvCache(backend, 3);
    const capacity = 2 * LENGTH + 40;
    await installed(cache, backend, 3, capacity);
    const ready = (layerBytes(cache) * capacity) / LENGTH;
    expect(backend.heldBytes).toBe(ready);
    const fresh = (start: number): Tensor =>
      backend.upload('float32', [3, HEADS, 1, HEAD_DIM], new Float32Array(3 * HEADS * HEAD_DIM).fill(start));
    cache.add({
      outputs: { '0.fresh_key': fresh(100), '0.fresh_value': fresh(200) },
      positions: [LENGTH, LENGTH, LENGTH],
      steps: 1,
    });
    await cache.settle();
    expect(backend.heldBytes).toBe(ready);
    for (const [part, values] of [
      ['key', [1, 2, 3, 100]],
      ['value', [-1, -2, -3, 200]],
    ] as const) {
      const rows = positionsOf(cache, 0, part);
      const of = (value: number): number[] => [value, value];
      const beyond = Array.from({ length: (rows[0]?.[0]?.length ?? 0) - LENGTH - 1 }, () => of(0));
      expect(beyond.length).toBeGreaterThan(0);
      expect(rows).toEqual(
        [0, 1, 2].map((row) => {
          const read = Array.from({ length: LENGTH }, () => of(values[row] as number));
          return Array.from({ length: HEADS }, () => [...read, of(values[3]), ...beyond]);
        }),
      );
    }
    await cache.keep([1, 2]);
    expect([cache.rows, rowsOf(cache, 0), backend.heldBytes]).toEqual([2, [2, 3], ready]);
  });

  it('moves rows down and up at once where a batch shrinks and grows', async () => {
    const backend = wasmBackend();
    const cache = new KvCache(backend, 40);
    await installed(cache, backend, 40, LENGTH);
    const going = Array.from({ length: 40 }, (_, row) => row).filter((row) => row % 17 === 0);
    const held = backend.heldBytes;
    const outputs = Object.fromEntries(
      ['key', 'value'].map((part) => [
        `0.fresh_${part}`,
        backend.upload(
          'float32',
          [40, HEADS, 1, HEAD_DIM],
          Float32Array.from(
            { length: 40 * HEADS * HEAD_DIM },
            (_, at) => 100 + Math.floor(at / HEADS / HEAD_DIM),
          ),
        ),
      ]),
    );
    cache.add({ outputs, positions: Array.from({ length: 40 }, () => LENGTH), steps: 1 });
    await cache.keep(going);
    expect(backend.heldBytes).toBe(held);
    expect(rowsOf(cache, 0)).toEqual(going.map((row) => row + 1));
    const added = positionsOf(cache, 0).map((row) => row.map((head) => head.slice(LENGTH, LENGTH + 2)));
    expect(added).toEqual(
      going.map((row) =>
        Array.from({ length: HEADS }, () => [
          [100 + row, 100 + row],
          [0, 0],
        ]),
      ),
    );
  });

  it('appends what a decode step returned at each row’s own position, in every head', async () => {
    const backend = wasmBackend();
    const cache = new KvCache(backend, 2);
    for (const layer of [0, 1]) await cache.install(layer, present(backend, 2, layer), same(2));
    const fresh = (start: number): Tensor => freshOf(backend, 1, start);
    await cache.reserve(LENGTH + 1);
    cache.append(1, 2, { '0.fresh_key': fresh(100), '0.fresh_value': fresh(200) }, [LENGTH, LENGTH + 1]);
    const at = [LENGTH, LENGTH + 1];
    expect(positionsOf(cache, 1).map((row, index) => row.map((head) => head[at[index] as number]))).toEqual([
      [
        [100, 101],
        [102, 103],
      ],
      [
        [104, 105],
        [106, 107],
      ],
    ]);
    expect(positionsOf(cache, 1, 'value')[1]?.[1]?.[LENGTH + 1]).toEqual([206, 207]);
    expect(positionsOf(cache, 1)[1]?.[0]?.[LENGTH]).toEqual([0, 0]);
    expect([rowsOf(cache, 0), rowsOf(cache, 1)]).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(backend.heldBytes).toBe(2 * layerBytes(cache));
  });

  it('adds room when an answer outgrows it, and keeps what is there', async () => {
    const backend = wasmBackend();
    const cache = new KvCache(backend, 2);
    await cache.install(0, present(backend, 2, 10), same(2));
    expect(layerBytes(cache)).toBe(2 * 4 * 2 * ROW);
    await cache.reserve(LENGTH);
    const before = layerBytes(cache);
    await cache.reserve(LENGTH + 1);
    expect(layerBytes(cache)).toBe(before);
    await cache.reserve(1000);
    expect((cache.past(0, 1)['0.past_key'] as Tensor).dims[2]).toBeGreaterThan(1000);
    expect([rowsOf(cache, 0), rowsOf(cache, 0, 'value')]).toEqual([
      [10, 11],
      [-10, -11],
    ]);
    expect(backend.heldBytes).toBe(layerBytes(cache));
  });

  it('puts what a run of several steps added at each row’s position and those after it, once it goes on', async () => {
    const backend = wasmBackend();
    const cache = new KvCache(backend, 2);
    await cache.install(0, present(backend, 2, 10), same(2));
    const before = layerBytes(cache);
    const [key, value] = [freshOf(backend, 2, 100), freshOf(backend, 2, 200)];
    const outputs = { '0.fresh_key': key, '0.fresh_value': value };
    cache.add({ outputs, positions: [LENGTH, LENGTH + 1], steps: 2 });
    expect(layerBytes(cache)).toBe(before);
    await cache.keep([1]);
    const [row] = positionsOf(cache, 0);
    expect(row?.map((head) => head.slice(LENGTH, LENGTH + 4))).toEqual([
      [
        [0, 0],
        ...[
          [108, 109],
          [110, 111],
        ],
        [0, 0],
      ],
      [
        [0, 0],
        ...[
          [112, 113],
          [114, 115],
        ],
        [0, 0],
      ],
    ]);
    expect(positionsOf(cache, 0, 'value')[0]?.[1]?.[LENGTH + 2]).toEqual([214, 215]);
    expect(rowsOf(cache, 0)).toEqual([11]);
    expect(backend.heldBytes).toBe(layerBytes(cache));
  });

  it('gives back what was added and never put in place', async () => {
    const backend = wasmBackend();
    const cache = new KvCache(backend, 2);
    await cache.install(0, present(backend, 2, 10), same(2));
    const outputs = { '0.fresh_key': freshOf(backend, 2, 0), '0.fresh_value': freshOf(backend, 2, 0) };
    cache.add({ outputs, positions: [LENGTH, LENGTH], steps: 2 });
    cache.dispose();
    expect(backend.heldBytes).toBe(0);
  });

  it('says so when a layer has not been filled', () => {
    expect(() => new KvCache(wasmBackend(), 1).past(0, 1)).toThrow('layer 0 has no cache yet');
  });
});
