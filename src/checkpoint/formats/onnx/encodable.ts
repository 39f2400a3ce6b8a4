/** A weight of a graph as a tensor of a checkpoint: its rows run the way a checkpoint stores them. */
import { NamedError } from '../../../named-error.ts';
import type { AffineCoding } from '../affine/codec.ts';
import type { AnyEncoded } from '../codecs.ts';
import type { StoredPart } from '../encoded.ts';
import type { Constant } from './constants.ts';
import { BFLOAT16, FLOAT, FLOAT16, floatDtype, INT4, INT8, type OnnxTensor, UINT4, UINT8 } from './tensor.ts';

/** The codecs of what graphs hold. */
type Held = Extract<AnyEncoded, { readonly codec: 'affine' | 'stored' | 'transposed' }>;
type Unnamed<Tensor> = Tensor extends Held ? Omit<Tensor, 'storedName'> : never;

/** A tensor without its name in the checkpoint. */
export type Encodable = Unnamed<Held>;

/** Where codes lie and what scales them; see `AffineCoding`. */
export interface AffineLayout {
  readonly codes: OnnxTensor;
  readonly scales: OnnxTensor;
  readonly zeros: OnnxTensor | null;
  readonly bits: 2 | 4 | 8;
  readonly signed: boolean;
  /** Of the stored matrix. */
  readonly rows: number;
  readonly columns: number;
  readonly pitch: number;
  readonly rowBlock: number;
  readonly columnBlock: number;
  readonly zeroPitch: number;
  readonly defaultZero: number;
  readonly transposed: boolean;
  /** Of the tensor, where it has more dimensions than two. */
  readonly shape?: readonly number[];
}

const REMEDY = 'export the model anew, or open the Hugging Face checkpoint that it was exported from';

export function invalid(file: string, tensor: string, what: string): NamedError {
  return new NamedError('InvalidTensor', what, { file, tensor }, REMEDY);
}

/** Settings of quantization that are not read. */
export function unread(file: string, tensor: string, what: string): NamedError {
  return new NamedError(
    'QuantizedWeights',
    what,
    { file, tensor },
    'open the Hugging Face checkpoint that it was exported from',
  );
}

/** What a node is given whole. @throws NamedError of `affineEncodable`; `InvalidTensor` */
export function encodable(file: string, constant: Constant, transposed: boolean): Encodable {
  const { tensor, quantized, reshaped } = constant;
  if (reshaped) throw invalid(file, tensor.name, 'the graph takes it in another shape than it is stored in');
  if (quantized)
    return affineEncodable(file, dequantized(file, constant, transposed !== constant.transposed));
  const dtype = floatDtype(tensor.type);
  if (dtype === null)
    throw unread(file, tensor.name, `its type, ${tensor.type}, is not one that is read as a weight`);
  const values = part(file, tensor);
  if (transposed === constant.transposed)
    return { codec: 'stored', shape: tensor.dims, coding: { dtype }, parts: { values } };
  const [columns = 0, rows = 0] = tensor.dims;
  if (tensor.dims.length !== 2) throw invalid(file, tensor.name, 'a product takes it, and it is no matrix');
  return {
    codec: 'transposed',
    shape: [rows, columns],
    coding: { dtype, pitch: rows, first: 0 },
    parts: { values },
  };
}

/** A block as long as any row. */
export const WHOLE = 2 ** 40;

/** `DequantizeLinear`: one scale, one a place of an axis, or one a block of it. */
function dequantized(file: string, { tensor, quantized }: Constant, transposed: boolean): AffineLayout {
  if (!quantized) throw new RangeError('not quantized');
  const { scale, zero, block } = quantized;
  const { dims, name } = tensor;
  const axis = quantized.axis < 0 ? quantized.axis + dims.length : quantized.axis;
  const rows = dims.length < 2 ? 1 : (dims[0] ?? 0);
  const columns = dims.slice(dims.length < 2 ? 0 : 1).reduce((product, dim) => product * dim, 1);
  const one = scale.dims.reduce((product, dim) => product * dim, 1) === 1;
  const byRow = axis === 0 && dims.length > 1;
  if (!one && !byRow && (dims.length !== 2 || axis !== 1))
    throw unread(file, name, `it is scaled along dimension ${axis} of ${dims.length}`);
  const whole = { rowBlock: WHOLE, columnBlock: WHOLE };
  const size = block === 0 ? 1 : block;
  const other = block === 0 ? whole : { rowBlock: 1, columnBlock: 1 };
  const blocks = one ? whole : byRow ? { ...other, rowBlock: size } : { ...other, columnBlock: size };
  return {
    ...{ codes: tensor, scales: scale, zeros: zero, rows, columns, pitch: columns, transposed, ...blocks },
    ...{ ...integerType(file, tensor), defaultZero: 0 },
    zeroPitch: Math.ceil(columns / blocks.columnBlock),
    ...(dims.length === 2 ? {} : { shape: dims }),
  };
}

/** Bits and sign of a type of codes. */
export function integerType(file: string, { type, name }: OnnxTensor): { bits: 4 | 8; signed: boolean } {
  if ([UINT8, INT8, UINT4, INT4].includes(type)) {
    return { bits: type === UINT8 || type === INT8 ? 8 : 4, signed: type === INT8 || type === INT4 };
  }
  throw unread(file, name, `its codes are of type ${type}; 4 and 8 bits are read`);
}

/** @throws NamedError `InvalidTensor` where codes, scales and zero points do not fit each other; `QuantizedWeights` */
export function affineEncodable(file: string, layout: AffineLayout): Encodable {
  const { codes, scales, zeros, bits, signed, rows, columns, pitch, rowBlock, columnBlock, transposed } =
    layout;
  const scaleDtype = floatDtype(scales.type);
  if (scaleDtype === null) throw unread(file, scales.name, `scales of type ${scales.type} are not read`);
  if (rows < 1 || columns < 1)
    throw invalid(file, codes.name, `a weight of ${rows} rows and ${columns} columns has no values`);
  const scaleColumns = Math.ceil(columns / columnBlock);
  const blockRows = Math.ceil(rows / rowBlock);
  wantBytes(file, codes, Math.ceil((rows * pitch * bits) / 8));
  wantBytes(file, scales, blockRows * scaleColumns * (scaleDtype === 'F32' ? 4 : 2));
  if (zeros) {
    if (zeros.type !== codes.type)
      throw unread(
        file,
        zeros.name,
        `zero points of another type (${zeros.type}) than the codes are not read`,
      );
    wantBytes(file, zeros, Math.ceil((blockRows * layout.zeroPitch * bits) / 8));
  }
  const coding: AffineCoding = {
    ...{ bits, signed, pitch, transposed, first: 0, rowBlock, columnBlock, scaleColumns, scaleDtype },
    ...{ zeroPitch: zeros ? layout.zeroPitch : null, defaultZero: layout.defaultZero },
    spelled: {
      ...(scales.data instanceof Uint8Array ? { scales: scales.data } : {}),
      ...(zeros?.data instanceof Uint8Array ? { zeros: zeros.data } : {}),
    },
  };
  const parts = {
    codes: part(file, codes),
    ...(scales.data instanceof Uint8Array ? {} : { scales: part(file, scales) }),
    ...(zeros && !(zeros.data instanceof Uint8Array) ? { zeros: part(file, zeros) } : {}),
  };
  return {
    codec: 'affine',
    shape: layout.shape ?? (transposed ? [columns, rows] : [rows, columns]),
    coding,
    parts,
  };
}

function wantBytes(file: string, tensor: OnnxTensor, bytes: number): void {
  const { data, name } = tensor;
  if (data === null) throw invalid(file, name, 'its values are not stored as bytes');
  const found = data instanceof Uint8Array ? data.length : data.end - data.start;
  if (found !== bytes)
    throw invalid(file, name, `it has ${found} bytes, the node that uses it wants ${bytes}`);
}

function part(file: string, tensor: OnnxTensor): StoredPart {
  const { data, name, dims, type } = tensor;
  if (data === null || data instanceof Uint8Array)
    throw invalid(file, name, 'its values are spelled out number by number');
  const dtype = DTYPES.get(type) ?? 'packed';
  return { file: data.file, name, dtype, shape: dims, start: data.start, end: data.end };
}

const DTYPES = new Map<number, StoredPart['dtype']>([
  [FLOAT, 'F32'],
  [FLOAT16, 'F16'],
  [BFLOAT16, 'BF16'],
  [UINT8, 'U8'],
  [INT8, 'I8'],
]);

/** Rows `[first, first + count)` of a matrix or vector, of the same bytes: a product that several were packed into. */
export function rowsOf(tensor: Encodable, first: number, count: number): Encodable {
  if (tensor.codec === 'stored') {
    const { values } = tensor.parts as { readonly values: StoredPart };
    const rowBytes = (values.end - values.start) / (tensor.shape[0] ?? 1);
    const start = values.start + first * rowBytes;
    const shape = [count, ...tensor.shape.slice(1)];
    return {
      ...tensor,
      shape,
      parts: { values: { ...values, shape, start, end: start + count * rowBytes } },
    };
  }
  const shape = [count, ...tensor.shape.slice(1)];
  if (tensor.codec === 'transposed' || tensor.coding.transposed) {
    const coding = { ...tensor.coding, first: tensor.coding.first + first };
    return { ...tensor, shape, coding } as Encodable;
  }
  return affineRows(tensor, first, count, shape);
}

type Affine = Extract<Encodable, { readonly codec: 'affine' }>;

/** Where each row has scales of its own, in whole bytes. */
function affineRows(tensor: Affine, first: number, count: number, shape: readonly number[]): Encodable {
  const { coding, parts } = tensor;
  const { bits, pitch, scaleColumns, scaleDtype, zeroPitch } = coding;
  const rowBytes: Readonly<Record<string, number>> = {
    codes: (pitch * bits) / 8,
    scales: scaleColumns * (scaleDtype === 'F32' ? 4 : 2),
    zeros: ((zeroPitch ?? 0) * bits) / 8,
  };
  const whole = Object.values(rowBytes).every(Number.isInteger);
  if (coding.rowBlock !== 1 || !whole || Object.keys(coding.spelled).length > 0) {
    const { file = '', name = '' } = parts['codes'] ?? {};
    throw unread(file, name, 'several weights are packed into one, and share their scales');
  }
  const cut = Object.entries(parts).map(([key, { start, ...rest }]) => {
    const from = start + first * (rowBytes[key] ?? 0);
    return [key, { ...rest, start: from, end: from + count * (rowBytes[key] ?? 0) }] as const;
  });
  return { ...tensor, shape, parts: Object.fromEntries(cut) };
}
