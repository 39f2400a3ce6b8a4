import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import type { Checkpoint, TensorEntry } from '../../checkpoint/checkpoint.ts';
import { openCheckpoint, readTensorBytes } from '../../checkpoint/checkpoint.ts';
import { toFloat32 } from '../../checkpoint/decoding.ts';
import type { Dtype } from '../../checkpoint/dtype.ts';
import { DTYPE_BYTES } from '../../checkpoint/dtype.ts';
import { readableFolder } from '../../checkpoint/formats/open.ts';
import { gptqFolder } from '../../checkpoint/formats/testing/gptq-folder.ts';
import { hashPart } from '../../checkpoint/whole-hash/part.ts';
import { TensorHash } from '../../checkpoint/whole-hash/tensor-hash.ts';
import { planSafetensors } from '../../checkpoint/writing.ts';
import type { LinearFormat } from '../../graph/weights.ts';
import { parseConfig } from '../../vlm/config.ts';
import type { LoadProgress } from '../protocol/loading.ts';
import { wasmBackend } from '../testing/golden-model.ts';
import { readFromDisk } from '../testing/goldens-from-disk.ts';
import { GOLDEN_CHECKPOINTS, goldenFolder } from '../testing/goldens.ts';
import { INLINE } from '../testing/inline-surroundings.ts';
import type { ArrayDevice } from './arrays.ts';
import { WeightArrays } from './arrays.ts';
import { convertRows } from './convert.ts';
import type { LoadWeightsOptions, ReadAndConvert } from './load.ts';
import { loadWeights } from './load.ts';
import type { PlannedWeight } from './plan.ts';
import { planWeights } from './plan.ts';

/** A checkpoint of one matrix, made up where it is read, and a plan to take some of its rows. */
function matrix(
  rows: number,
  columns: number,
  dtype: Dtype,
  format: LinearFormat,
  firstRow = 0,
  taken = rows,
) {
  const bytes = new Uint8Array(rows * columns * DTYPE_BYTES[dtype]);
  // Small exponents for BF16: no NaN, no infinity.
  for (let index = 0; index < bytes.length; index++)
    bytes[index] =
      index % 2 === 0
        ? (index * 37) % 256
        : 0x38 + (Math.floor(index / 2) % 7) + (index % 6 === 1 ? 0x80 : 0);
  const checkpoint = {
    files: new Map([['m', Object.assign(new Blob([bytes]), { name: 'm' })]]),
    tensors: new Map([
      ['m.weight', { name: 'm.weight', dtype, start: 0, end: bytes.length, bytes: bytes.length, file: 'm' }],
    ]),
  } as unknown as Checkpoint;
  const slots = convertedSlots(taken, columns, format);
  const plan: PlannedWeight = {
    tensor: 'm.weight',
    firstRow,
    rows: taken,
    columns,
    format,
    block: 32,
    slots,
  };
  return { bytes, checkpoint, plan: [plan] };
}

function convertedSlots(rows: number, columns: number, format: LinearFormat): PlannedWeight['slots'] {
  const blocks = Math.ceil(columns / 32);
  if (format === 'f32') return [{ name: 'm', type: 'float32', dims: [rows, columns] }];
  if (format === 'f16') return [{ name: 'm', type: 'float16', dims: [rows, columns] }];
  return [
    { name: 'm', type: 'uint8', dims: [rows, blocks, format === 'q8' ? 32 : 16] },
    { name: 'm.scales', type: 'float32', dims: [rows * blocks] },
  ];
}

const arraysInMemory = (): WeightArrays => new WeightArrays(wasmBackend());

/** Notes the ranges asked for, and converts as usual. */
function noting(ranges: { start: number; end: number }[]): ReadAndConvert {
  return (source, range, task) => {
    ranges.push({ start: range.start, end: range.end });
    return INLINE.convert(source, range, task);
  };
}

describe('what was read', () => {
  it.each([
    { rows: 64, whole: true },
    { rows: 2500, whole: false },
  ])('makes room for results that are copied on, and stays with no constant: $rows rows', async (given) => {
    const { checkpoint, plan } = matrix(given.rows, 3584, 'BF16', 'q4');
    const arrays = arraysInMemory();
    const inPlace: boolean[] = [];
    const buffers: number[] = [];
    const convert: ReadAndConvert = async (source, range, task) => {
      inPlace.push(task.inPlace);
      const converted = await INLINE.convert(source, range, task);
      buffers.push(converted.arrays[0]?.buffer.byteLength ?? 0);
      return converted;
    };
    await loadWeights(checkpoint, plan, arrays, { convert });
    const packed = (given.rows * 3584) / 2;
    expect(inPlace.every((value) => value === !given.whole)).toBe(true);
    expect(buffers.reduce((sum, bytes) => sum + bytes, 0)).toBe(given.whole ? packed : 4 * packed);
    expect(arrays.constant('m').buffer.byteLength).toBe(packed);
  });
});

describe('a matrix larger than a piece', () => {
  // 5001 rows of 4000 bytes: 20 MB, an odd number of rows.
  const [rows, columns] = [5001, 2000];

  it.each(['q4', 'q8', 'f16', 'f32'] as const)(
    'in %s comes in pieces that make the whole',
    async (format) => {
      const { bytes, checkpoint, plan } = matrix(rows, columns, 'BF16', format);
      const ranges: { start: number; end: number }[] = [];
      const arrays = arraysInMemory();
      const report = await loadWeights(checkpoint, plan, arrays, { convert: noting(ranges) });

      ranges.sort((a, b) => a.start - b.start);
      expect(ranges.length).toBeGreaterThan(1);
      expect(ranges[0]?.start).toBe(0);
      expect(ranges.at(-1)?.end).toBe(bytes.length);
      ranges.slice(1).forEach(({ start }, at) => expect(start).toBe(ranges[at]?.end));
      for (const { start } of ranges) expect((start / 4000) % 2).toBe(0);
      expect(report.bytesRead).toBe(bytes.length);
      const part = await hashPart(bytes, { start: 0, tensorBytes: bytes.length });
      expect([...report.hashes]).toEqual([['m.weight', await new TensorHash(bytes.length).add(part)]]);

      const task = { tensor: 'm.weight', dtype: 'BF16', rows, columns, format } as const;
      const whole = convertRows(bytes, task);
      whole.arrays.forEach((array, index) => {
        const found = arrays.constant(plan[0]?.slots[index]?.name as string);
        expect(Buffer.compare(found, array)).toBe(0);
      });
      if (!whole.error) return expect(report.error).toBeNull();
      const { squaredError, squaredNorm, maxAbs } = whole.error;
      expect(report.error?.maxAbs).toBe(maxAbs);
      expect(report.error?.relativeFrobenius).toBeCloseTo(Math.sqrt(squaredError / squaredNorm), 12);
    },
  );

  it('gives a shard of it only its own rows', async () => {
    const { bytes, checkpoint, plan } = matrix(101, 64, 'BF16', 'q8', 51, 50);
    const arrays = arraysInMemory();
    const { hashes } = await loadWeights(checkpoint, plan, arrays, { convert: INLINE.convert });
    // The rest of the tensor was not read.
    expect(hashes.size).toBe(0);
    const own = bytes.slice(51 * 128);
    const task = { tensor: 'm', dtype: 'BF16', rows: 50, columns: 64, format: 'q8' } as const;
    expect(arrays.constant('m')).toEqual(convertRows(own, task).arrays[0]);
  });
});

describe.each(GOLDEN_CHECKPOINTS)('%s', (name) => {
  const open = async (maxTensorBytes = Infinity) => {
    const files = await goldenFolder(readFromDisk, name);
    const config = parseConfig(JSON.parse(await (files.get('config.json') as File).text()), 'config.json');
    const checkpoint = await openCheckpoint(files);
    return { checkpoint, config, plan: planWeights(config, 'f32', maxTensorBytes) };
  };

  it('lies in memory as it is stored, the head also in shards, with progress to the last byte', async () => {
    const rowBytes = (await open()).config.text.hiddenSize * 4;
    const { checkpoint, plan } = await open(90 * rowBytes);
    const arrays = arraysInMemory();
    const seen: LoadProgress[] = [];
    const onProgress = (progress: LoadProgress): void => void seen.push(progress);
    const tapped = new Map<string, number>();
    const tap = (slot: string, _: number, bytes: Uint8Array): void =>
      void tapped.set(slot, (tapped.get(slot) ?? 0) + bytes.length);
    const report = await loadWeights(checkpoint, plan, arrays, { convert: INLINE.convert, onProgress, tap });
    for (const { tensor, slots, firstRow, rows, columns } of plan) {
      const entry = checkpoint.tensors.get(tensor);
      if (!entry) throw new RangeError(tensor);
      const values = toFloat32(await readTensorBytes(checkpoint, entry), entry.dtype);
      const found = new Float32Array(arrays.constant(slots[0]?.name as string).buffer);
      expect(found, tensor).toEqual(values.subarray(firstRow * columns, (firstRow + rows) * columns));
      expect(tapped.get(slots[0]?.name as string)).toBe(found.byteLength);
    }
    expect(report.error).toBeNull();
    // Each tensor read is hashed whole, also one that is read in shards.
    const read = [...new Set(plan.map(({ tensor }) => tensor))];
    expect([...report.hashes.keys()].toSorted()).toEqual(read.toSorted());
    for (const tensor of read) {
      const entry = checkpoint.tensors.get(tensor) as TensorEntry;
      const place = { start: 0, tensorBytes: entry.bytes };
      const part = await hashPart(await readTensorBytes(checkpoint, entry), place);
      expect(report.hashes.get(tensor), tensor).toBe(await new TensorHash(entry.bytes).add(part));
    }
    const done = seen.map(({ bytesDone }) => bytesDone);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({
      phase: 'reading',
      bytesDone: report.bytesRead,
      bytesTotal: report.bytesRead,
      etaSeconds: 0,
    });
  });
});

it('tells the same rounding error to the last digit, whichever of its pieces are done first', async () => {
  const name = 'tied-gqa1-bf16-old';
  const files = await goldenFolder(readFromDisk, name);
  const config = parseConfig(JSON.parse(await (files.get('config.json') as File).text()), 'config.json');
  const checkpoint = await openCheckpoint(files, { name });
  const load = async (delay: (piece: number) => number) => {
    let piece = 0;
    const convert: ReadAndConvert = async (...asked) => {
      const wait = delay(piece++);
      const done = await INLINE.convert(...asked);
      await new Promise((resolve) => setTimeout(resolve, wait));
      return done;
    };
    return (await loadWeights(checkpoint, planWeights(config, 'q4', Infinity), arraysInMemory(), { convert }))
      .error;
  };
  const inTurn = await load(() => 0);
  // A large matrix comes first and, here, last.
  for (const late of [0, 1, 2, 3, 4, 5, 6, 7])
    expect(await load((piece) => (piece === late ? 60 : 0))).toEqual(inTurn);
});

it('asks for a layer of codes in groups, as they follow on the disk', async () => {
  const modules = { 'model.layers.0.self_attn.k_proj': 16, 'model.layers.0.mlp.up_proj': 64, lm_head: 32 };
  const files = await gptqFolder(4, modules, 64);
  const checkpoint = await openCheckpoint(files);
  const plan = Object.entries(modules).map(([name, rows]): PlannedWeight => {
    const slots = ['', '.scales', '.zeros'].map(
      (slot) => ({ name: name + slot, type: 'uint8', dims: [1] }) as const,
    );
    return {
      ...{ tensor: `${name}.weight`, firstRow: 0, rows, columns: 64, format: 'q4-zeros' },
      block: 32,
      slots,
    };
  });
  const asked: [string, object | undefined][] = [];
  const convert: ReadAndConvert = (source, range, task, group) => {
    asked.push([task.tensor, group]);
    return INLINE.convert(source, range, task);
  };
  const report = await loadWeights(checkpoint, plan, arraysInMemory(), { convert });
  expect(report.bytesRead).toBe((16 + 64 + 32) * (64 / 2 + 1 / 2 + 2));
  const [up, k, head] = asked;
  expect(asked.map(([name]) => name)).toEqual([
    'model.layers.0.mlp.up_proj.weight',
    'model.layers.0.self_attn.k_proj.weight',
    'lm_head.weight',
  ]);
  expect(up?.[1]).toBeDefined();
  expect(k?.[1]).toBe(up?.[1]);
  expect(head?.[1]).not.toBe(up?.[1]);
});

it('asks for no group of more than 64 MB, and for the largest first', async () => {
  const rows = {
    'mlp.gate_proj': 18944,
    'mlp.up_proj': 18944,
    'self_attn.k_proj': 512,
    'self_attn.q_proj': 3584,
  };
  const modules = Object.entries(rows).map(([name, rows]) => [`model.layers.3.${name}`, rows] as const);
  const tensors = modules.flatMap(([name, rows]) => [
    { name: `${name}.qweight`, dtype: 'I32', shape: [3584 / 8, rows] } as const,
    { name: `${name}.qzeros`, dtype: 'I32', shape: [28, rows / 8] } as const,
    { name: `${name}.scales`, dtype: 'F16', shape: [28, rows] } as const,
  ]);
  // Behind the header, zeros that take no memory.
  const { head, bytes: size } = planSafetensors(tensors);
  const slice = (start: number, end: number) => ({
    arrayBuffer: () => {
      const part = new Uint8Array(end - start);
      if (start < head.length) part.set(head.subarray(start, end));
      return Promise.resolve(part.buffer);
    },
  });
  const said = { quant_method: 'gptq', bits: 4, group_size: 128, desc_act: false, sym: false };
  const files = await readableFolder(
    new Map<string, ByteSource>([
      ['model.safetensors', { name: 'model.safetensors', size, slice }],
      ['config.json', new File([JSON.stringify({ quantization_config: said })], 'config.json')],
    ]),
  );
  const checkpoint = await openCheckpoint(files);
  const plan = modules.map(([name, rows]): PlannedWeight => {
    const slots = ['', '.scales', '.zeros'].map(
      (slot) => ({ name: name + slot, type: 'uint8', dims: [1] }) as const,
    );
    return {
      ...{ tensor: `${name}.weight`, firstRow: 0, rows, columns: 3584, format: 'q4-zeros' },
      block: 32,
      slots,
    };
  });
  const asked: [string, object | undefined][] = [];
  const convert: ReadAndConvert = (_, __, { tensor }, group) => {
    asked.push([tensor.split('.').at(-2) as string, group]);
    return Promise.resolve({ arrays: [0, 0, 0].map(() => new Uint8Array(0)), error: null, part: null });
  };
  await loadWeights(checkpoint, plan, arraysInMemory(), { convert });
  // 34 MB each, and 0.9 and 6.4: gate and up together would be more.
  expect(asked.map(([name]) => name)).toEqual(['up_proj', 'k_proj', 'q_proj', 'gate_proj']);
  expect(new Set(asked.slice(0, 3).map(([, group]) => group)).size).toBe(1);
  expect(asked[3]?.[1]).not.toBe(asked[0]?.[1]);
});

describe('a load that ends early', () => {
  const many = (format: LinearFormat = 'f32') => {
    const { checkpoint, plan } = matrix(64, 64, 'BF16', format);
    const [weight] = plan as [PlannedWeight];
    const plans = Array.from({ length: 30 }, (_, index) => ({
      ...weight,
      slots: weight.slots.map((slot) => ({ ...slot, name: `${index}.${slot.name}` })),
    }));
    return { checkpoint, plans };
  };
  const load = (options: Partial<LoadWeightsOptions>, arrays = arraysInMemory()) => {
    const { checkpoint, plans } = many();
    return loadWeights(checkpoint, plans, arrays, { convert: INLINE.convert, ...options });
  };

  it('by cancelling stops within the pieces under way', async () => {
    const controller = new AbortController();
    let started = 0;
    const written: string[] = [];
    const work = load({
      signal: controller.signal,
      tap: (slot) => void written.push(slot),
      convert: async (...args) => {
        if (++started === 6) controller.abort();
        return INLINE.convert(...args);
      },
    });
    await expect(work).rejects.toMatchObject({ name: 'Cancelled' });
    expect(started).toBeLessThanOrEqual(9);
    const atOnce = written.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(written).toHaveLength(atOnce);
  });

  it('by a failed read passes the error on and starts nothing more', async () => {
    let started = 0;
    const convert: ReadAndConvert = async (...args) => {
      if (++started === 3) throw new Error('disk gone');
      return INLINE.convert(...args);
    };
    await expect(load({ convert })).rejects.toThrow('disk gone');
    const then = started;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(started).toBe(then);
  });

  it('by a refused allocation fails at once, without waiting for a slow read', async () => {
    const device: ArrayDevice = {
      constantWeights: false,
      zeros: () => Promise.reject(new Error('no room')),
      write: () => undefined,
      dispose: () => undefined,
    };
    const never: ReadAndConvert = () => new Promise(() => undefined);
    await expect(load({ convert: never }, new WeightArrays(device))).rejects.toThrow('no room');
  });

  it('leaves nothing on the device once the arrays are disposed, whatever was still under way', async () => {
    const backend = wasmBackend();
    const slow: ArrayDevice = {
      constantWeights: false,
      zeros: async (type, dims) => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        return backend.zeros(type, dims);
      },
      write: (...args) => backend.write(...args),
      dispose: (tensor) => backend.dispose(tensor),
    };
    const arrays = new WeightArrays(slow);
    let started = 0;
    const convert: ReadAndConvert = async (...args) => {
      if (++started === 2) throw new Error('disk gone');
      return INLINE.convert(...args);
    };
    await expect(load({ convert }, arrays)).rejects.toThrow('disk gone');
    arrays.dispose();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([backend.heldBytes, arrays.bytes]).toEqual([0, 0]);
  });

  it('can be begun again over arrays half written', async () => {
    const backend = wasmBackend();
    const device: ArrayDevice = {
      constantWeights: false,
      zeros: (...args) => backend.zeros(...args),
      write: (...args) => backend.write(...args),
      dispose: (tensor) => backend.dispose(tensor),
    };
    const arrays = new WeightArrays(device);
    await load({}, arrays);
    const bytes = backend.heldBytes;
    await load({}, arrays);
    expect([backend.heldBytes, arrays.bytes]).toEqual([bytes, bytes]);
  });
});
