/** Quantized folders: the bytes that other libraries loaded (tools/quantized/out.py), and what loaders expect of them. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { openCheckpoint, readTensorBytes } from '../../checkpoint/checkpoint.ts';
import { codecOf } from '../../checkpoint/formats/codecs.ts';
import { DecodedFolder } from '../../checkpoint/formats/decoded-folder.ts';
import { readableFolder } from '../../checkpoint/formats/open.ts';
import { readHeader } from '../../checkpoint/header.ts';
import { canonicalName } from '../../checkpoint/tensor-name.ts';
import { exportMerge } from '../export.ts';
import { MergedFolder } from '../folder/merged-folder.ts';
import type { MergePlan } from '../plan/plan.ts';
import { planMerge } from '../plan/plan.ts';
import { parseBlocks } from '../recipe/blocks.ts';
import { DirectorySink } from '../sinks/directory-sink.ts';
import type { OpenDonors } from '../testing/donors.ts';
import { blocksOf, demoDonors, quantizedExports, schemeOf } from '../testing/quantized-exports.ts';
import { MemoryDirectory } from '../testing/memory-directory.ts';
import { MemorySink } from '../testing/memory-sink.ts';
import { planQuantization } from './quantization-plan.ts';
import { quantized, QuantizedFolder } from './quantized-folder.ts';
import { layerErrors, measureRounding } from './rounding-errors.ts';
import { checkScheme, type Scheme } from './scheme.ts';

const EXPORTS = quantizedExports();
const OWN = ['README.md', 'frankenscope-recipe.json', 'quantization_report.json'];
const INT4: Scheme = { format: 'compressed-tensors', bits: 4, group: 128, head: false };

let open: OpenDonors;

beforeAll(async () => {
  open = await demoDonors();
});

const planOf = (blocks: string): MergePlan => planMerge(parseBlocks(blocks, ['IN', 'RL'], 12), open.donors);

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function headerOf(files: CheckpointFiles, name = 'model.safetensors') {
  const source = files.get(name);
  if (!source) throw new Error(name);
  const { tensors } = await readHeader(source, name);
  return new Map(tensors.map((tensor) => [tensor.storedName, tensor]));
}

async function folderOf(scheme: Scheme, plan = planOf('RL')): Promise<QuantizedFolder> {
  const made = await quantized(plan, open.folders, scheme);
  return new QuantizedFolder(new MergedFolder(plan, open.folders), made);
}

describe('an export', () => {
  it.each(Object.entries(EXPORTS))(
    '%s: the bytes that were loaded in Python',
    async (_, { flags, files }) => {
      const plan = planOf(blocksOf(flags));
      const made = await quantized(plan, open.folders, schemeOf(flags));
      const sink = new MemorySink();
      await exportMerge(plan, open.folders, sink, { quantized: made });
      const written = [...sink.files].filter(([name]) => !OWN.includes(name));
      expect(Object.fromEntries(written.map(([name, bytes]) => [name, digest(bytes)]))).toEqual(files);
    },
  );

  it('goes on where it was cut off, and ends with the same bytes', async () => {
    const plan = planOf('RL');
    const work = { quantized: await quantized(plan, open.folders, INT4), shardBytes: 500_000 };
    const whole = new MemorySink();
    await exportMerge(plan, open.folders, whole, work);
    const directory = new MemoryDirectory();
    const sink = () => DirectorySink.create(directory.handle, 'quantized');
    const controller = new AbortController();
    const onProgress = ({ done }: { readonly done: number }): void => {
      if (done > 700_000) controller.abort();
    };
    const cut = exportMerge(plan, open.folders, await sink(), {
      ...{ ...work, onProgress, signal: controller.signal, pausable: true },
    });
    await expect(cut).rejects.toMatchObject({ name: 'Cancelled' });
    const notices: string[] = [];
    const onNotice = (notice: string): void => void notices.push(notice);
    await exportMerge(plan, open.folders, await sink(), { ...work, onNotice });
    expect(notices.join()).toMatch(/going on: [1-9] of \d+ weight files were written earlier/);
    const files = directory.folders.get('quantized') ?? new Map<string, Uint8Array>();
    expect([...files.keys()].sort()).toEqual([...whole.files.keys()].sort());
    for (const [name, bytes] of whole.files)
      expect(digest(files.get(name) as Uint8Array), name).toBe(digest(bytes));
  });
});

describe('the folder', () => {
  it('gives the same bytes for any range', async () => {
    const file = (await folderOf({ ...INT4, format: 'awq' })).get('model.safetensors');
    if (!file) throw new Error('no weights');
    const whole = new Uint8Array(await file.slice(0, file.size).arrayBuffer());
    expect(whole.length).toBe(file.size);
    for (const [start, end] of [
      [0, 20],
      [1_000_001, 1_250_003],
      [file.size - 7, file.size],
    ] as const) {
      const part = new Uint8Array(await file.slice(start, end).arrayBuffer());
      expect(Buffer.compare(part, whole.subarray(start, end)), `${start} to ${end}`).toBe(0);
    }
  });

  it('puts the parts of a weight side by side, so that it is rounded once', async () => {
    const tensors = [...(await headerOf(await folderOf(INT4))).values()].sort((a, b) => a.start - b.start);
    const packed = tensors.findIndex(({ storedName }) => storedName.endsWith('weight_packed'));
    const names = tensors.slice(packed, packed + 3).map(({ storedName }) => storedName.split('.').at(-1));
    expect(names).toEqual(['weight_packed', 'weight_scale', 'weight_shape']);
    for (const { start, dtype } of tensors) expect(start % (dtype === 'BF16' ? 2 : 4)).toBe(0);
  });

  it('leaves every other tensor its bytes', async () => {
    const plan = planOf('RL');
    const before = new MergedFolder(plan, open.folders);
    const after = await folderOf(INT4, plan);
    const [old, made] = [await headerOf(before), await headerOf(after)];
    const read = async (files: CheckpointFiles, { start, end }: { start: number; end: number }) =>
      new Uint8Array(
        (await files.get('model.safetensors')?.slice(start, end).arrayBuffer()) ?? new ArrayBuffer(0),
      );
    const kept = [...old.values()].filter(({ storedName }) => made.has(storedName));
    expect(kept.length).toBe(old.size - 84);
    for (const tensor of kept) {
      const now = made.get(tensor.storedName);
      if (!now) throw new Error(tensor.storedName);
      expect(digest(await read(after, now)), tensor.storedName).toBe(digest(await read(before, tensor)));
    }
  });
});

/**
 * What vLLM registers for a linear layer `[out, in]` before it loads, by the end of the name: `CompressedTensorsWNA16.create_weights`
 * and `AWQLinearMethod.create_weights`. Scales are made in the model's dtype, into which what is stored is copied.
 */
const EXPECTED_BY_VLLM = {
  'compressed-tensors, 4 bits': (out: number, into: number, group: number) => ({
    weight_packed: ['I32', [out, into / 8]],
    weight_scale: ['BF16', [out, into / group]],
    weight_shape: ['I64', [2]],
  }),
  'compressed-tensors, 8 bits': (out: number, into: number, group: number) => ({
    weight_packed: ['I32', [out, into / 4]],
    weight_scale: ['BF16', [out, into / group]],
    weight_shape: ['I64', [2]],
  }),
  'awq, 4 bits': (out: number, into: number, group: number) => ({
    qweight: ['I32', [into, out / 8]],
    qzeros: ['I32', [into / group, out / 8]],
    scales: ['F16', [into / group, out]],
  }),
} as const;

const MODULES: Readonly<Record<string, readonly [out: number, into: number]>> = {
  'self_attn.q_proj': [128, 128],
  'self_attn.k_proj': [64, 128],
  'self_attn.v_proj': [64, 128],
  'self_attn.o_proj': [128, 128],
  'mlp.gate_proj': [384, 128],
  'mlp.up_proj': [384, 128],
  'mlp.down_proj': [128, 384],
};

describe("the layout that vLLM's loader expects, name by name and shape by shape", () => {
  it.each([
    ['compressed-tensors, 4 bits', { ...INT4, group: 128 }],
    ['compressed-tensors, 4 bits', { ...INT4, group: null }],
    ['compressed-tensors, 8 bits', { ...INT4, bits: 8, group: 64 }],
    ['awq, 4 bits', { ...INT4, format: 'awq', group: 128 }],
    ['awq, 4 bits', { ...INT4, format: 'awq', group: 32 }],
  ] as const)('%s', async (label, scheme) => {
    const tensors = await headerOf(await folderOf(scheme));
    const rounded: string[] = [];
    for (let layer = 0; layer < 12; layer += 1) {
      for (const [module, [out, into]] of Object.entries(MODULES)) {
        const expected = EXPECTED_BY_VLLM[label](out, into, scheme.group ?? into);
        for (const [part, [dtype, shape]] of Object.entries(expected)) {
          const name = `model.layers.${layer}.${module}.${part}`;
          rounded.push(name);
          expect([tensors.get(name)?.dtype, tensors.get(name)?.shape], name).toEqual([dtype, shape]);
        }
        expect(tensors.has(`model.layers.${layer}.${module}.weight`)).toBe(false);
      }
    }
    const others = [...tensors.keys()].filter((name) => !rounded.includes(name));
    expect(others.filter((name) => !/\.(weight|bias)$/.test(name))).toEqual([]);
    expect(others).toContain('model.layers.0.self_attn.q_proj.bias');
    expect(others).toContain('visual.blocks.0.attn.qkv.weight');
  });
});

describe('config.json', () => {
  const said = async (scheme: Scheme): Promise<Record<string, unknown>> => {
    const config = JSON.parse((await quantized(planOf('RL'), open.folders, scheme)).config) as {
      quantization_config: Record<string, unknown>;
    };
    return config.quantization_config;
  };

  it('says what compressed-tensors writes', async () => {
    expect(await said(INT4)).toMatchObject({
      quant_method: 'compressed-tensors',
      format: 'pack-quantized',
      quantization_status: 'compressed',
      ignore: ['lm_head', 're:.*visual\\..*'],
      config_groups: {
        group_0: {
          targets: ['Linear'],
          weights: { num_bits: 4, type: 'int', symmetric: true, strategy: 'group', group_size: 128 },
        },
      },
    });
    const channel = await said({ ...INT4, bits: 8, group: null });
    expect(JSON.stringify(channel)).toContain('"strategy":"channel"');
    expect(JSON.stringify(channel)).not.toContain('group_size');
  });

  it('says what AutoAWQ writes', async () => {
    expect(await said({ ...INT4, format: 'awq' })).toEqual({
      ...{ bits: 4, group_size: 128, quant_method: 'awq', version: 'gemm', zero_point: true },
      modules_to_not_convert: ['visual'],
    });
  });
});

describe('what is measured', () => {
  it('is the error of the values that are written, layer by layer', async () => {
    const plan = planOf('RL');
    const quantization = planQuantization(plan, INT4);
    const errors = await measureRounding(quantization, open.folders, INT4);
    expect(Object.keys(errors)).toHaveLength(84);
    const folder = await folderOf(INT4, plan);
    const made = await headerOf(folder);
    const source = await headerOf(new MergedFolder(plan, open.folders));
    const weights = new MergedFolder(plan, open.folders).get('model.safetensors');
    const file = folder.get('model.safetensors');
    const bytes = async (from: typeof file, at: { start: number; end: number } | undefined) =>
      (await from?.slice(at?.start ?? 0, at?.end ?? 0).arrayBuffer()) ?? new ArrayBuffer(0);
    const bfloat16 = (buffer: ArrayBuffer): Float32Array =>
      new Float32Array(Uint32Array.from(new Uint16Array(buffer), (word) => word << 16).buffer);
    const module = 'model.layers.3.mlp.down_proj';
    const values = bfloat16(await bytes(weights, source.get(`${module}.weight`)));
    const packed = new Uint8Array(await bytes(file, made.get(`${module}.weight_packed`)));
    const scales = bfloat16(await bytes(file, made.get(`${module}.weight_scale`)));
    let [squared, energy, largest] = [0, 0, 0];
    values.forEach((value, i) => {
      const code = (((packed[i >> 1] as number) >> (4 * (i & 1))) & 15) - 8;
      const lost = value - code * (scales[Math.floor(i / 128)] as number);
      [squared, energy, largest] = [
        squared + lost * lost,
        energy + value * value,
        Math.max(largest, Math.abs(lost)),
      ];
    });
    expect(errors[`${module}.weight`]?.squared).toBeCloseTo(squared, 10);
    expect(errors[`${module}.weight`]?.energy).toBeCloseTo(energy, 10);
    expect(errors[`${module}.weight`]?.largest).toBe(largest);
    const layers = layerErrors(quantization, errors);
    expect(layers.map(({ layer, tensors }) => [layer, tensors])).toEqual(
      Array.from({ length: 12 }, (_, i) => [i + 1, 7]),
    );
  });
});

describe('opened again', () => {
  it.each(Object.entries(EXPORTS))(
    '%s: the values that other libraries read',
    async (_, { flags, weights }) => {
      const scheme = schemeOf(flags);
      const made = await folderOf(scheme, planOf(blocksOf(flags)));
      const checkpoint = await openCheckpoint(await readableFolder(made), { name: 'quantized' });
      expect(checkpoint.format).toBeDefined();
      const { files } = checkpoint;
      if (!(files instanceof DecodedFolder)) throw new Error('it opened as plain');
      const read = new Map(files.format.tensors.map((tensor) => [canonicalName(tensor.storedName), tensor]));
      for (const [name, expected] of Object.entries(weights)) {
        const entry = checkpoint.tensors.get(canonicalName(name));
        if (!entry) throw new Error(name);
        expect(digest(await readTensorBytes(checkpoint, entry)), name).toBe(expected);
        // What the device multiplies with are the codes themselves.
        const tensor = read.get(canonicalName(name));
        if (tensor && scheme.group !== null)
          expect(codecOf(tensor).packing(), name).toMatchObject({
            bits: scheme.bits,
            zeroPoints: scheme.format === 'awq',
          });
      }
      expect(Object.keys(weights)).toHaveLength(84);
    },
  );
});

describe('what is refused', () => {
  it.each([
    [{ bits: 8 }, 'bits'],
    [{ group: null }, 'group'],
    [{ head: true }, 'head'],
  ] as const)("AWQ's layout does not have it: %o", (other, field) => {
    expect(() => checkScheme({ ...INT4, format: 'awq', ...other })).toThrow(field);
  });

  it('matrices that do not fit stay as they are, are told, and are named to readers', async () => {
    const plan = planOf('RL');
    const narrow = {
      ...plan,
      tensors: plan.tensors.map((tensor) =>
        tensor.name === 'model.layers.2.mlp.down_proj.weight' ? { ...tensor, shape: [384, 100] } : tensor,
      ),
    };
    const quantization = planQuantization(narrow, INT4);
    expect(quantization.unfit).toEqual(['model.layers.2.mlp.down_proj.weight']);
    expect(quantization.notices[0]).toContain('its 100 columns are no multiple of 128');
    const { config } = await quantized(narrow, open.folders, INT4);
    expect(config).toContain(JSON.stringify('re:.*layers\\.2\\.mlp\\.down_proj$'));
  });
});
