import { afterEach, describe, expect, test } from 'vitest';
import { gptqFolder } from '../../checkpoint/formats/testing/gptq-folder.ts';
import { NamedError } from '../../named-error.ts';
import type { ConvertTask } from './convert.ts';
import { inlineConvert } from './convert-inline.ts';
import type { ConvertPool } from './pool.ts';
import { createConvertPool } from './pool.ts';
import { contents, goldenPlan, hostArrays } from './testing/golden-plan.ts';
import { loadWeights } from './load.ts';

const COLUMNS = 96;
const ROWS = 64;
const TASK: ConvertTask = {
  tensor: 'model.layers.0.mlp.up_proj.weight',
  dtype: 'BF16',
  rows: ROWS / 4,
  columns: COLUMNS,
  format: 'f32',
  block: 32,
  asStored: null,
  place: { start: 0, tensorBytes: ROWS * COLUMNS * 2 },
  inPlace: false,
};

const pools = new Set<ConvertPool>();
let started = 0;

function startWorker(): Worker {
  started += 1;
  return new Worker(new URL('../../../workers/weights.ts', import.meta.url), { type: 'module' });
}

function openPool(spawn: () => Worker, size: number): ConvertPool {
  started = 0;
  const pool = createConvertPool(spawn, size);
  pools.add(pool);
  return pool;
}

afterEach(() => {
  for (const pool of pools) pool.dispose();
  pools.clear();
});

/** A matrix of bf16 sines after 6 bytes of something else; a NaN where asked for. */
function shard(nanAt?: number): File {
  const values = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => (i === nanAt ? NaN : Math.sin(i)));
  const bf16 = Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16);
  return new File([new Uint8Array(6), bf16], 'shard.safetensors');
}

/** The byte range of one of the matrix's four pieces. */
function piece(index: number): { file: string; start: number; end: number } {
  const bytes = (ROWS / 4) * COLUMNS * 2;
  return { file: 'shard.safetensors', start: 6 + index * bytes, end: 6 + (index + 1) * bytes };
}

const FOUR = [0, 1, 2, 3];

describe('the pool', () => {
  test.each(['f32', 'f16', 'q8', 'q4'] as const)(
    'converts pieces to %s as one thread would',
    async (format) => {
      const { convert } = openPool(startWorker, 3);
      const task = { ...TASK, format };
      const file = shard();
      const pooled = await Promise.all(FOUR.map((index) => convert(file, piece(index), task)));
      const inline = await Promise.all(FOUR.map((index) => inlineConvert(file, piece(index), task)));
      expect(pooled).toEqual(inline);
      if (format !== 'f32') return;
      const values = new Float32Array(pooled[1]?.arrays[0]?.buffer ?? new ArrayBuffer(0));
      expect(values[3]).toBeCloseTo(Math.sin((ROWS / 4) * COLUMNS + 3), 2);
    },
  );

  test.each(['f32', 'q8', 'q4'] as const)(
    'loads a bf16 checkpoint in %s, every array alike',
    async (dtype) => {
      const { checkpoint, plan } = await goldenPlan('tied-gqa1-bf16-old', dtype);
      const { convert } = openPool(startWorker, 2);
      const [pooled, inline] = [hostArrays(), hostArrays()];
      const report = await loadWeights(checkpoint, plan, pooled, { convert });
      expect(report).toEqual(await loadWeights(checkpoint, plan, inline, { convert: inlineConvert }));
      expect(contents(pooled, plan)).toEqual(contents(inline, plan));
    },
  );

  test('packs a group of encoded tensors in one thread, each as by itself', async () => {
    const modules = { 'model.layers.0.mlp.up_proj': 64, 'model.layers.0.self_attn.k_proj': 16 };
    const { weights } = await gptqFolder(3, modules, COLUMNS);
    const { convert } = openPool(startWorker, 3);
    const pieces = Object.values(modules).map((rows, index) => {
      const end = index === 0 ? weights.size - 16 * COLUMNS * 4 : weights.size;
      const range = { file: weights.name, start: end - rows * COLUMNS * 4, end };
      const place = { start: 0, tensorBytes: rows * COLUMNS * 4 };
      return { range, task: { ...TASK, rows, format: 'q4-zeros', asStored: 0, place } as const };
    });
    const group = {};
    const together = pieces.map(({ range, task }) => convert(weights, range, task, group));
    const apart = await Promise.all(pieces.map(({ range, task }) => inlineConvert(weights, range, task)));
    expect(await Promise.all(together)).toEqual(apart);
    expect(started).toBe(1);
    // A group of its own, though it is the same object.
    const [{ range, task }] = pieces as [(typeof pieces)[0]];
    expect(await convert(weights, range, task, group)).toEqual(apart[0]);
  });

  test('starts threads only as they are needed', async () => {
    const { convert } = openPool(startWorker, 3);
    expect(started).toBe(0);
    await convert(shard(), piece(0), TASK);
    await convert(shard(), piece(1), TASK);
    expect(started).toBe(1);
    await Promise.all([...FOUR, ...FOUR].map((index) => convert(shard(), piece(index), TASK)));
    expect(started).toBe(3);
  });

  test('passes a named error on with all its parts, and goes on', async () => {
    const { convert } = openPool(startWorker, 1);
    const task = { ...TASK, format: 'q4' } as const;
    const file = shard(5);
    const inline = await inlineConvert(file, piece(0), task).catch((error: unknown) => error);
    const pooled = await convert(file, piece(0), task).catch((error: unknown) => error);
    expect(pooled).toBeInstanceOf(NamedError);
    expect(pooled).toMatchObject({ name: 'NonFiniteWeight', place: { tensor: TASK.tensor } });
    const { name, message, what, place, remedy } = inline as NamedError;
    expect(pooled).toMatchObject({ name, message, what, place, remedy });
    expect((pooled as NamedError).stack).toContain('quantize');

    const past = { file: file.name, start: file.size - 2, end: file.size + 2 };
    await expect(convert(file, past, { ...TASK, rows: 1, columns: 2 })).rejects.toMatchObject({
      name: 'FileChanged',
      place: { file: 'shard.safetensors', tensor: TASK.tensor },
    });
    expect(await convert(file, piece(1), task)).toEqual(await inlineConvert(file, piece(1), task));
  });

  test('passes any other error on as Comlink does', async () => {
    const { convert } = openPool(startWorker, 1);
    const task = { ...TASK, format: 'q4', rows: 3 } as const;
    const error = await convert(shard(), piece(0), task).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(NamedError);
    expect(error).toMatchObject({
      name: 'RangeError',
      message: expect.stringContaining('not a matrix of 3 × 96'),
    });
  });

  test('fails the pieces of a thread that dies, and replaces it', async () => {
    const dying = URL.createObjectURL(
      new Blob(["onmessage = () => { throw new Error('out of luck'); }"], { type: 'text/javascript' }),
    );
    const spawn = (): Worker => (started++ === 0 ? new Worker(dying) : startWorker());
    const { convert } = openPool(spawn, 1);
    const doomed = [convert(shard(), piece(0), TASK), convert(shard(), piece(1), TASK)];
    for (const fate of await Promise.allSettled(doomed)) {
      expect(fate).toMatchObject({
        status: 'rejected',
        reason: { name: 'WorkerFailed', what: expect.stringContaining('out of luck') },
      });
    }
    expect(await convert(shard(), piece(0), TASK)).toEqual(await inlineConvert(shard(), piece(0), TASK));
  });

  test('fails pieces whose thread cannot be started', async () => {
    const { convert } = openPool(() => new Worker('/no/such/worker.js', { type: 'module' }), 1);
    await expect(convert(shard(), piece(0), TASK)).rejects.toMatchObject({ name: 'WorkerFailed' });
  });

  test('cancels what is under way when it ends', async () => {
    const pool = openPool(startWorker, 1);
    const left = pool.convert(shard(), piece(0), TASK);
    pool.dispose();
    await expect(left).rejects.toMatchObject({ name: 'Cancelled' });
  });

  test('reads here what cannot be sent to a thread, and hands it over', async () => {
    const { convert } = openPool(startWorker, 1);
    const file = shard();
    const reads: [number, number][] = [];
    const computed = {
      ...{ name: 'computed', size: file.size },
      slice: (start: number, end: number) => {
        reads.push([start, end]);
        return file.slice(start, end);
      },
    };
    const { start, end } = piece(2);
    expect(await convert(computed, piece(2), TASK)).toEqual(await inlineConvert(file, piece(2), TASK));
    expect(reads).toEqual([[start, end]]);
  });
});
