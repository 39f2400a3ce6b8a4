/** The factors of an adapter's updates, where an update is nothing but their product. */
import { readRange } from '../../byte-source.ts';
import type { Checkpoint, TensorEntry } from '../../checkpoint.ts';
import { toFloat32 } from '../../decoding.ts';
import type { Dtype } from '../../dtype.ts';
import { DecodedFolder } from '../decoded-folder.ts';
import type { DecodedTensor } from '../decoded-tensor.ts';
import { matrixOf, type EncodedTensor, type StoredPart } from '../encoded.ts';
import { transposedOf, type LoraCoding } from './codec.ts';
import { ADAPTER_WEIGHTS } from './open.ts';

/** left · right, in float64. */
export interface Factors {
  readonly rank: number;
  /** `[rows, rank]`, row-major; α is in it. */
  readonly left: Float64Array<ArrayBuffer>;
  /** `[rank, columns]`, row-major. */
  readonly right: Float64Array<ArrayBuffer>;
}

/** What an adapter makes of a tensor of its base: leaves it, adds a product of factors (LoRA, rsLoRA), or anything else. */
export type AdapterUpdate =
  | { readonly kind: 'none' }
  | { readonly kind: 'factors'; readonly rank: number; read(): Promise<Factors> }
  | { readonly kind: 'dense' };

/** For a checkpoint with `adapterOf`. */
export function adapterUpdate({ files }: Checkpoint, { start }: TensorEntry): AdapterUpdate {
  const decoded = files instanceof DecodedFolder ? files.weights.tensorAt(start) : undefined;
  const tensor = decoded?.tensor;
  if (!decoded || !tensor) return { kind: 'dense' };
  const parts = Object.values(tensor.parts as Readonly<Record<string, StoredPart>>);
  if (!parts.some(({ file }) => file === ADAPTER_WEIGHTS)) return { kind: 'none' };
  if (tensor.codec !== 'lora') return { kind: 'dense' };
  const { base } = tensor.parts as { readonly base: StoredPart };
  if (tensor.coding.magnitude !== null || base.file === ADAPTER_WEIGHTS) return { kind: 'dense' };
  return { kind: 'factors', rank: tensor.coding.rank, read: () => readFactors(decoded, tensor) };
}

async function readFactors(
  { files }: DecodedTensor,
  { shape, coding, parts }: EncodedTensor<string, LoraCoding>,
): Promise<Factors> {
  const read = async (key: string, dtype: Dtype): Promise<Float32Array> => {
    const { file, name, start, end } = parts[key] as StoredPart;
    const source = files.get(file);
    if (!source) throw new RangeError(`${file} is not in the folder`);
    return toFloat32(await readRange(source, start, end, { file, tensor: name }), dtype);
  };
  const { rows, columns } = matrixOf(shape);
  const { rank, scale, transposed } = coding;
  const [a, b] = await Promise.all([read('a', coding.a), read('b', coding.b)]);
  const left = transposed ? transposedOf(a, rank, rows) : Float64Array.from(b);
  const right = transposed ? transposedOf(b, columns, rank) : Float64Array.from(a);
  return { rank, left: left.map((value) => value * scale), right };
}
