/** Weights under an adapter against `merge_and_unload` of peft 0.21.2. */
import { describe, expect, it } from 'vitest';
import type { CheckpointFiles } from '../../byte-source.ts';
import { openCheckpoint, readTensorBytes, type Checkpoint } from '../../checkpoint.ts';
import { toFloat32 } from '../../decoding.ts';
import { readHeader } from '../../header.ts';
import { openWeights } from '../../../vlm/stored-head.ts';
import { adapterFolder } from './adapter-folder.ts';
import {
  adapterFiles,
  baseFiles,
  BASES,
  expectedOfPeft,
  mergedRows,
  type AdapterKind,
} from '../../../engine/testing/adapters.ts';

const expected = await expectedOfPeft();
const rows = await mergedRows();
const { tensors: rowTensors } = await readHeader(rows, rows.name);
const KINDS = (Object.keys(BASES) as AdapterKind[]).filter((kind) => kind in expected.names);

async function opened(kind: AdapterKind, base?: CheckpointFiles): Promise<Checkpoint> {
  const files = await adapterFolder(base ?? (await baseFiles(kind)), await adapterFiles(kind), {
    baseName: BASES[kind],
  });
  return openCheckpoint(files, { name: kind });
}

async function valuesOf(checkpoint: Checkpoint, name: string): Promise<Float32Array> {
  const entry = checkpoint.tensors.get(name);
  if (!entry) throw new Error(`no ${name}`);
  return toFloat32(await readTensorBytes(checkpoint, entry), entry.dtype);
}

/** Rows of a matrix, and the whole of a vector. */
async function firstAndLast(checkpoint: Checkpoint, name: string): Promise<Float32Array> {
  const values = await valuesOf(checkpoint, name);
  const shape = checkpoint.tensors.get(name)?.shape ?? [];
  if (shape.length === 1) return values;
  const columns = values.length / (shape[0] ?? 1);
  return Float32Array.of(...values.slice(0, columns), ...values.slice(-columns));
}

async function rowsOf(name: string) {
  const tensor = rowTensors.find(({ storedName }) => storedName === name);
  if (!tensor) throw new Error(`no rows of ${name}`);
  const bytes = new Uint8Array(await rows.slice(tensor.start, tensor.end).arrayBuffer());
  return { dtype: tensor.dtype, shape: tensor.shape, values: toFloat32(bytes, tensor.dtype) };
}

/** Of one step of the dtype at the value, or of rounding in float32 where that is coarser. */
const STEPS = { BF16: 2 ** -7, F16: 2 ** -10, F32: 2 ** -21 } as const;

describe.each(KINDS)('an adapter of the kind %s', (kind) => {
  it('makes of every weight what peft makes of it, to one step of the dtype', async () => {
    const [checkpoint, base] = [await opened(kind), await openCheckpoint(await baseFiles(kind))];
    for (const name of expected.names[kind] ?? []) {
      const found = await rowsOf(`${kind}/${name}`);
      const ours = await firstAndLast(checkpoint, name);
      const before = await firstAndLast(base, name);
      const step = STEPS[found.dtype as keyof typeof STEPS];
      const largest = found.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(ours.length, name).toBe(found.values.length);
      found.values.forEach((value, index) => {
        const off = Math.abs((ours[index] as number) - value);
        // peft rounds the update itself to the dtype where its factors are of that dtype.
        const size = Math.max(Math.abs(value), Math.abs(before[index] as number));
        expect(off, `${name} ${index}`).toBeLessThanOrEqual(step * size + 2 ** -23 * largest);
      });
    }
  });

  it('changes nothing else', async () => {
    const [checkpoint, base] = [await opened(kind), await openCheckpoint(await baseFiles(kind))];
    const changed = new Set(expected.names[kind]);
    expect([...checkpoint.tensors.keys()].sort()).toEqual([...base.tensors.keys()].sort());
    for (const name of base.tensors.keys()) {
      if (changed.has(name)) continue;
      expect(await valuesOf(checkpoint, name), name).toEqual(await valuesOf(base, name));
    }
  });
});

it('says what it is in one line', async () => {
  expect((await opened('rslora')).format).toBe('rsLoRA adapter of untied-gqa4-f32, ranks 2 to 5');
  expect((await opened('dora')).format).toBe('DoRA adapter of untied-gqa4-f32, rank 3');
  expect((await opened('lora')).notices).toEqual([]);
});

it.each(KINDS)(
  'says of the kind %s how many tensors of the vision tower it changes beside layers',
  async (kind) => {
    // As peft lists what it adapted.
    const names = expected.names[kind] ?? [];
    const tower = names.filter((name) => /^visual\.(blocks|patch_embed)\./.test(name)).length;
    const layers = names.filter((name) => name.startsWith('model.layers.')).length;
    const text = `it changes ${tower} tensors of the vision tower, besides ${layers} of the language model's layers`;
    const notices = (await opened(kind)).notices.filter(({ text }) => text.includes('vision tower'));
    expect(notices.map(({ text }) => text)).toEqual(tower > 0 && layers > 0 ? [text] : []);
  },
);

it('is another checkpoint than its base, and than the same adapter with another alpha', async () => {
  const base = await openCheckpoint(await baseFiles('lora'));
  const adapter = await adapterFiles('lora');
  const config = JSON.parse(await (adapter.get('adapter_config.json') as File).text()) as object;
  const stronger = new Map(adapter).set(
    'adapter_config.json',
    new File([JSON.stringify({ ...config, lora_alpha: 9 })], 'adapter_config.json'),
  );
  const one = await opened('lora');
  const other = await openCheckpoint(
    await adapterFolder(await baseFiles('lora'), stronger, { baseName: 'base' }),
  );
  expect(new Set([base.fingerprint, one.fingerprint, other.fingerprint]).size).toBe(3);
  expect(one.adapterOf).toBe(base.fingerprint);
});

it('gives a head of its own where the head was the embeddings and only those are adapted', async () => {
  const files = await adapterFolder(await baseFiles('tied'), await adapterFiles('tied'), {
    baseName: BASES.tied,
  });
  const base = await openCheckpoint(await baseFiles('tied'));
  const checkpoint = await openWeights(files);
  expect(checkpoint.tiedHead).toBe(false);
  expect(await valuesOf(checkpoint, 'lm_head.weight')).toEqual(
    await valuesOf(base, 'model.embed_tokens.weight'),
  );
  expect(checkpoint.notices.map(({ text }) => text).join(' ')).toContain('two matrices here');
});

it('lies on an adapted base as on any other', async () => {
  const first = await adapterFolder(await baseFiles('rslora'), await adapterFiles('rslora'), {
    baseName: 'base',
  });
  const both = await opened('second', first);
  const [base, one, two] = [
    await openCheckpoint(first),
    await openCheckpoint(await baseFiles('second')),
    await opened('second'),
  ];
  const name = 'model.layers.0.self_attn.q_proj.weight';
  const [w1, w, w2, all] = await Promise.all(
    [base, one, two, both].map((checkpoint) => valuesOf(checkpoint, name)),
  );
  all?.forEach((value, index) => {
    const [before, plain, alone] = [w1?.[index] ?? 0, w?.[index] ?? 0, w2?.[index] ?? 0];
    expect(value).toBeCloseTo(before + alone - plain, 5);
  });
});
