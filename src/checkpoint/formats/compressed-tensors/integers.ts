/** Integers of compressed-tensors: `weight_packed` (pack-quantized, 1 to 8 bits), or int8 in place of the weight. */
import { mapInFlight } from '../../../work/in-flight.ts';
import { isRead } from '../../dtype.ts';
import { NamedError } from '../../../named-error.ts';
import type { AnyEncoded } from '../codecs.ts';
import type { StoredPart } from '../encoded.ts';
import { storedShape, wordsFor, type CodeLayout } from '../integers/code-layout.ts';
import { groupFrom } from '../integers/columns.ts';
import { integerLabel } from '../integers/label.ts';
import { companion, expectTensor, partOf, wrongTensor } from '../safetensors/parts.ts';
import type { Claimed, FileTensor, Quantization, ReadTensor } from '../safetensors/quantization.ts';
import { compressedTensorsConfig, type CompressedTensorsConfig, type WeightScheme } from './config.ts';

/** Scales of what a module takes and gives; its weights do not need them. */
const OF_ACTIVATIONS = ['input_scale', 'input_zero_point', 'output_scale', 'output_zero_point'];

/** From this version on codes of 3, 5, 6 and 7 bits are one stream of bits; before, each lay in one word. */
const DENSE_SINCE = [0, 18] as const;

interface Module {
  readonly name: string;
  readonly codes: FileTensor;
  readonly scheme: WeightScheme;
  readonly part: (suffix: string) => FileTensor | undefined;
  readonly scales: FileTensor;
}

export const compressedIntegers: Quantization = {
  claim: async (tensors, declared, read): Promise<Claimed | null> => {
    const config = compressedTensorsConfig(declared);
    const modules = config
      ? [...tensors.values()].flatMap((tensor) => moduleOf(tensor, tensors, config))
      : [];
    if (config === null || modules.length === 0) return null;
    const used = new Set<string>();
    const encoded = await mapInFlight(modules, (module) => encode(module, config, read, used));
    return { tensors: encoded, used, label: integerLabel('compressed-tensors', encoded), notices: [] };
  },
};

/** The module whose codes a tensor is; none where it is no codes of integers. */
function moduleOf(
  codes: FileTensor,
  tensors: ReadonlyMap<string, FileTensor>,
  config: CompressedTensorsConfig,
): readonly Module[] {
  const [, name, suffix] = /^(.*)\.(weight_packed|weight)$/.exec(codes.storedName) ?? [];
  if (name === undefined || codes.dtype !== (suffix === 'weight' ? 'I8' : 'I32')) return [];
  const part = (other: string): FileTensor | undefined => tensors.get(`${name}.${other}`);
  const scheme = config.schemeOf(name);
  if (scheme.type !== 'int') return [];
  if (scheme.format === 'marlin-24' || scheme.bits < 1 || scheme.bits > 8) {
    throw new NamedError(
      'QuantizedWeights',
      `${codes.storedName} is quantized to ${scheme.bits} bits in the format ${JSON.stringify(scheme.format)}, which is not read`,
      config.place,
      'open the checkpoint that it was quantized from',
    );
  }
  return [{ name, codes, scheme, part, scales: companion(tensors, codes, `${name}.weight_scale`) }];
}

async function encode(
  { name, codes, scheme, part, scales }: Module,
  config: CompressedTensorsConfig,
  read: ReadTensor,
  used: Set<string>,
): Promise<AnyEncoded> {
  const packed = codes.dtype === 'I32';
  const [rows, columns] = packed
    ? await unpackedShape(codes, part('weight_shape'), read)
    : [codes.shape[0] ?? 0, codes.shape[1] ?? 0];
  if (codes.shape.length !== 2 || rows === 0 || columns === 0) throw wrongTensor(codes, 'it is no matrix');
  const layout = layoutOf(codes, columns, scheme, config);
  expectTensor(codes, [codes.dtype], storedShape(layout, { rows, columns }));
  const shared = sharedScales(scheme, rows, columns);
  const scaled = { rows: Math.ceil(rows / shared.rows), columns: shared.groups };
  expectScales(scales, scaled);
  const gIdx = part('weight_g_idx');
  const group = gIdx ? await orderedGroup(gIdx, columns, shared, read) : shared.group;
  const zeros = part('weight_zero_point');
  const zeroLayout = zeros ? zeroLayoutOf(zeros, scheme, layout, scaled) : null;
  const parts: Record<string, StoredPart> = { codes: partOf(codes), scales: partOf(scales) };
  if (zeros) parts['zeros'] = partOf(zeros);
  if (gIdx && group === null) parts['groups'] = partOf(gIdx);
  for (const tensor of [codes, scales, zeros, gIdx, part('weight_shape'), ...OF_ACTIVATIONS.map(part)]) {
    if (tensor) used.add(tensor.storedName);
  }
  if (!zeros && !scheme.symmetric) {
    throw wrongTensor(
      codes,
      `there is no ${name}.weight_zero_point beside it, and its codes are not symmetric`,
    );
  }
  return {
    ...{ codec: 'integers', storedName: `${name}.weight`, shape: [rows, columns], parts },
    coding: {
      ...{ codes: layout, zeros: zeroLayout, group, symmetric: scheme.symmetric },
      scales: {
        dtype: isRead(scales.dtype) ? scales.dtype : 'F32',
        ...{ order: 'rows', rows: shared.rows, groups: shared.groups },
      },
    },
  };
}

/** `weight_shape`: the packed tensor does not tell how much of its last words is filled. */
async function unpackedShape(
  codes: FileTensor,
  shape: FileTensor | undefined,
  read: ReadTensor,
): Promise<readonly [number, number]> {
  if (!shape) throw wrongTensor(codes, 'there is no weight_shape beside it');
  if ((shape.dtype !== 'I64' && shape.dtype !== 'I32') || shape.shape.length !== 1 || shape.shape[0] !== 2) {
    throw wrongTensor(shape, 'it should be I64 [2], rows and columns');
  }
  const { buffer } = (await read(shape)).slice();
  const [rows = 0, columns = 0] =
    shape.dtype === 'I64' ? Array.from(new BigInt64Array(buffer), Number) : new Int32Array(buffer);
  // A word holds 32 codes at most.
  if (rows === codes.shape[0] && columns > 0 && columns <= 32 * (codes.shape[1] ?? 0)) return [rows, columns];
  throw wrongTensor(codes, `weight_shape says [${rows}, ${columns}]`);
}

/** Of two layouts under one name the one that has as many words; where both do, that of the version. */
function layoutOf(
  codes: FileTensor,
  columns: number,
  scheme: WeightScheme,
  { version, place }: CompressedTensorsConfig,
): CodeLayout {
  const along = { along: 'columns', order: 'rows' } as const;
  const { bits } = scheme;
  if (codes.dtype === 'I8') return { ...along, bits: 8, packing: 'bytes' };
  const dense: CodeLayout = { ...along, bits, packing: 'dense' };
  const padded: CodeLayout = { ...along, bits, packing: 'padded' };
  if (32 % bits === 0) return dense;
  const fitting = [dense, padded].filter((layout) => wordsFor(columns, layout) === codes.shape[1]);
  if (fitting.length < 2) return fitting[0] ?? dense;
  if (version === null) {
    throw new NamedError(
      'QuantizedWeights',
      `the weights are quantized to ${bits} bits, which lie otherwise since version 0.18 of compressed-tensors, and the config names no version`,
      { ...place, field: `${place.field}.version` },
      'add the version of compressed-tensors that wrote the folder',
    );
  }
  const [major, minor] = version;
  const since = major > DENSE_SINCE[0] || (major === DENSE_SINCE[0] && minor >= DENSE_SINCE[1]);
  return since ? dense : padded;
}

interface Shared {
  /** Rows that share a scale. */
  readonly rows: number;
  /** Columns that do. */
  readonly group: number;
  readonly groups: number;
}

function sharedScales({ strategy, groupSize, block }: WeightScheme, rows: number, columns: number): Shared {
  const [height, width] =
    strategy === 'block'
      ? (block ?? [rows, columns])
      : [strategy === 'tensor' ? rows : 1, groupSize ?? columns];
  return { rows: height, group: width, groups: Math.ceil(columns / width) };
}

/** `[rows, groups]`; of one dimension where one of the two is 1. */
function expectScales(tensor: FileTensor, { rows, columns }: { rows: number; columns: number }): void {
  const flat = tensor.shape.length < 2 && (rows === 1 || columns === 1);
  const count = tensor.shape.reduce((product, dim) => product * dim, 1);
  if (!flat || count !== rows * columns) return expectTensor(tensor, ['BF16', 'F16', 'F32'], [rows, columns]);
  expectTensor(tensor, ['BF16', 'F16', 'F32'], tensor.shape);
}

/** −1 for each column was written where no order was kept. */
async function orderedGroup(
  gIdx: FileTensor,
  columns: number,
  { group, groups }: Shared,
  read: ReadTensor,
): Promise<number | null> {
  if (gIdx.dtype === 'I32' && new Int32Array((await read(gIdx)).slice().buffer)[0] === -1) return group;
  return groupFrom(gIdx, columns, groups, read);
}

/** Packed like the codes, but along the outputs, where each row has its own; else int8, in the shape of the scales. */
function zeroLayoutOf(
  zeros: FileTensor,
  { strategy, symmetric, bits }: WeightScheme,
  { packing }: CodeLayout,
  scaled: { rows: number; columns: number },
): CodeLayout {
  if (packing === 'bytes' || symmetric || (strategy !== 'group' && strategy !== 'channel')) {
    const count = zeros.shape.reduce((product, dim) => product * dim, 1);
    const fits = count === scaled.rows * scaled.columns && zeros.shape.length < 2;
    expectTensor(zeros, ['I8'], fits ? zeros.shape : [scaled.rows, scaled.columns]);
    return { bits: packing === 'bytes' ? 8 : bits, along: 'columns', order: 'rows', packing: 'bytes' };
  }
  const layout: CodeLayout = { bits, along: 'rows', order: 'rows', packing };
  expectTensor(zeros, ['I32'], storedShape(layout, scaled));
  return layout;
}
