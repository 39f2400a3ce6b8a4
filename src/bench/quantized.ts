/** How fast a quantized layer of 7B's shape gets to the device, against bare reads of the slices it reads, by turns. */
import type { ByteSource, CheckpointFiles } from '../checkpoint/byte-source.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import type { ByteRange } from '../checkpoint/joined-reads.ts';
import type { Dtype } from '../checkpoint/dtype.ts';
import { DecodedFolder } from '../checkpoint/formats/decoded-folder.ts';
import { encodedAt } from '../checkpoint/formats/sent-source.ts';
import { storedAs } from '../checkpoint/formats/stored-as.ts';
import { readableFolder } from '../checkpoint/formats/open.ts';
import type { Backend } from '../engine/backend/backend.ts';
import { WeightArrays } from '../engine/weights/arrays.ts';
import type { ReadAndConvert } from '../engine/weights/load.ts';
import { loadWeights } from '../engine/weights/load.ts';
import { planWeights } from '../engine/weights/plan.ts';
import { inWideBlocks, linearFormat, storedMatrices } from '../engine/weights/stored-blocks.ts';
import { expectedWeights } from '../vlm/weights.ts';
import { BareReads, type BeforeRead, readInOneThread } from './bare-read.ts';
import { ONE_LAYER_OF_7B } from './models.ts';
import { median } from './resident.ts';
import { removeSynthetic, syntheticFile } from './synthetic.ts';

const GROUP = 128;
const PAIRS = 21;
const LAYER = 'model.layers.0.';

interface Part {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

interface Layout {
  readonly config: object;
  /** What a matrix `[rows, columns]` of this name is stored as. */
  parts(module: string, rows: number, columns: number): readonly Part[];
}

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'compressed-tensors': {
    config: {
      ...{ quant_method: 'compressed-tensors', format: 'pack-quantized', version: '0.20.0' },
      ...{ quantization_status: 'compressed', ignore: ['lm_head', 're:visual.*'] },
      config_groups: {
        group_0: {
          targets: ['Linear'],
          weights: { num_bits: 4, type: 'int', symmetric: true, strategy: 'group', group_size: GROUP },
        },
      },
    },
    parts: (module, rows, columns) => [
      { name: `${module}.weight_packed`, dtype: 'I32', shape: [rows, columns / 8] },
      { name: `${module}.weight_scale`, dtype: 'BF16', shape: [rows, columns / GROUP] },
      { name: `${module}.weight_shape`, dtype: 'I64', shape: [2] },
    ],
  },
  gptq: {
    config: { quant_method: 'gptq', bits: 4, group_size: GROUP, desc_act: false, sym: false },
    parts: (module, rows, columns) => [
      { name: `${module}.qweight`, dtype: 'I32', shape: [columns / 8, rows] },
      { name: `${module}.qzeros`, dtype: 'I32', shape: [columns / GROUP, rows / 8] },
      { name: `${module}.scales`, dtype: 'F16', shape: [columns / GROUP, rows] },
    ],
  },
  awq: {
    config: { quant_method: 'awq', bits: 4, group_size: GROUP, version: 'gemm', zero_point: true },
    parts: (module, rows, columns) => [
      { name: `${module}.qweight`, dtype: 'I32', shape: [columns, rows / 8] },
      { name: `${module}.qzeros`, dtype: 'I32', shape: [columns / GROUP, rows / 8] },
      { name: `${module}.scales`, dtype: 'F16', shape: [columns / GROUP, rows] },
    ],
  },
};

/** By layout: load and bare reads in bytes a second, by one thread and by as many as load, and their ratios, medians over pairs. */
export async function benchQuantized(
  backend: Backend,
  convert: ReadAndConvert,
  beforeRead: BeforeRead,
): Promise<object> {
  const results: Record<string, object> = {};
  const reads = new BareReads();
  for (const [name, layout] of Object.entries(LAYOUTS)) {
    results[name] = await measured(await layerFiles(name, layout), backend, convert, reads, beforeRead);
  }
  reads.dispose();
  await removeSynthetic();
  return results;
}

async function measured(
  files: CheckpointFiles,
  backend: Backend,
  convert: ReadAndConvert,
  reads: BareReads,
  beforeRead: BeforeRead,
): Promise<object> {
  const folder = await readableFolder(files);
  if (!(folder instanceof DecodedFolder)) throw new RangeError('the layer opened as plain');
  const checkpoint = await openCheckpoint(folder);
  const layer = planWeights(ONE_LAYER_OF_7B, linearFormat(checkpoint, 'q4'), backend.maxTensorBytes).filter(
    ({ tensor }) => tensor.startsWith(LAYER),
  );
  const plan = backend.constantWeights ? inWideBlocks(checkpoint, layer) : layer;
  const bytes = [...checkpoint.tensors.values()].reduce(
    (sum, entry) => sum + storedAs(folder, entry).bytes,
    0,
  );
  const load = async (using: ReadAndConvert): Promise<void> => {
    const arrays = new WeightArrays(backend);
    await loadWeights(checkpoint, plan, arrays, { convert: using });
    arrays.dispose();
  };
  const source = files.get('model.safetensors') as ByteSource;
  const slices = (await slicesOf(load, convert)).map((range) => ({ source, ...range }));
  const [ratios, threadRatios]: [number[], number[]] = [[], []];
  const loads: number[] = [];
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    await beforeRead();
    return secondsOf(work);
  };
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const bare = await timed(() => readInOneThread(slices));
    const seconds = await timed(() => load(convert));
    const threads = await timed(() => reads.perSecond(slices));
    loads.push(bytes / seconds);
    ratios.push(bare / seconds);
    threadRatios.push(threads / seconds);
  }
  return {
    ...{ storedBytes: bytes, ...storedMatrices(checkpoint, plan) },
    loadBytesPerSecond: median(loads),
    slices: slices.length,
    ...{ ratio: median(ratios), ratios },
    ...{ threadRatio: median(threadRatios), threadRatios },
  };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** The slices that a load reads: of tensors that are read together, what lies side by side as one. */
async function slicesOf(
  load: (convert: ReadAndConvert) => Promise<unknown>,
  convert: ReadAndConvert,
): Promise<readonly ByteRange[]> {
  const groups = new Map<object, ByteRange[]>();
  await load((source, range, task, group) => {
    const tensor = encodedAt(source, range.start);
    if (!tensor || !group) throw new RangeError(`${task.tensor} is not read with its neighbours`);
    groups.set(group, [...(groups.get(group) ?? []), ...tensor.wholeParts()]);
    return convert(source, range, task, group);
  });
  return [...groups.values()].flatMap((ranges) => {
    const joined: { start: number; end: number }[] = [];
    for (const { start, end } of ranges.toSorted((one, other) => one.start - other.start)) {
      const last = joined.at(-1);
      if (last?.end === start) last.end = end;
      else joined.push({ start, end });
    }
    return joined;
  });
}

async function layerFiles(name: string, { config, parts }: Layout): Promise<CheckpointFiles> {
  const tensors = expectedWeights(ONE_LAYER_OF_7B)
    .filter((weight) => weight.name.startsWith(LAYER))
    .flatMap((weight): readonly Part[] => {
      const [rows = 1, columns] = weight.shape;
      if (columns === undefined) return [{ name: weight.name, dtype: 'BF16', shape: weight.shape }];
      return parts(weight.name.replace(/\.weight$/, ''), rows, columns);
    });
  const json = JSON.stringify({ quantization_config: config });
  return new Map<string, ByteSource>([
    ['model.safetensors', await syntheticFile(`${name}.safetensors`, tensors, shapesIn(tensors))],
    ['config.json', new File([json], 'config.json')],
  ]);
}

/** compressed-tensors stores a matrix's shape beside it. */
function shapesIn(tensors: readonly Part[]): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const shapes = tensors.flatMap(({ name, shape: [rows = 0, words = 0] }) =>
    name.endsWith('.weight_packed')
      ? [
          [
            name.replace('_packed', '_shape'),
            new Uint8Array(BigInt64Array.of(BigInt(rows), BigInt(words * 8)).buffer),
          ] as const,
        ]
      : [],
  );
  return new Map(shapes);
}
