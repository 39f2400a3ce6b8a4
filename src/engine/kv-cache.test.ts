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

  it('keeps the rows named, in that order, and gives the others back', async () => {
    const backend = wasmBackend();
    const cache = new KvCache(backend, 3);
    for (const layer of [0, 1]) await cache.install(layer, present(backend, 3, 10 * layer + 1), same(3));
    const kept = await cache.keep([2, 0]);
    expect([rowsOf(kept, 0), rowsOf(kept, 1), rowsOf(kept, 1, 'value')]).toEqual([
      [3, 1],
      [13, 11],
      [-13, -11],
    ]);
    expect(backend.heldBytes).toBe(2 * layerBytes(kept));
    cache.dispose();
    expect(rowsOf(kept, 0)).toEqual([3, 1]);
    kept.dispose();
    expect(backend.heldBytes).toBe(0);
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
    const kept = await cache.keep([1]);
    const [row] = positionsOf(kept, 0);
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
    expect(positionsOf(kept, 0, 'value')[0]?.[1]?.[LENGTH + 2]).toEqual([214, 215]);
    expect(rowsOf(kept, 0)).toEqual([11]);
    expect(backend.heldBytes).toBe(layerBytes(kept));
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
