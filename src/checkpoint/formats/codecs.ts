/** Every codec, by name. A codec is one folder here, and stands in this list. */
import { fourBits, type FourBitsCoding } from './bitsandbytes/four-bits.ts';
import { rowInt8, type RowInt8Coding } from './bitsandbytes/int8.ts';
import type { BlockColumns, Codec, Packing, PackedRows, PartBytes, PartRange, Rows } from './codec.ts';
import { affine, type AffineCoding } from './affine/codec.ts';
import type { EncodedTensor } from './encoded.ts';
import { scaledFloat, type ScaledFloatCoding } from './float/codec.ts';
import { gguf, type GgufCoding } from './gguf/codec.ts';
import { integers, type IntegerCoding } from './integers/codec.ts';
import {
  added,
  lora,
  tokenRows,
  type AddedCoding,
  type LoraCoding,
  type TokenRowsCoding,
} from './peft/codec.ts';
import { stored, type StoredCoding } from './stored/codec.ts';
import { transposed, type TransposedCoding } from './transposed/codec.ts';

interface Codings {
  readonly added: AddedCoding;
  readonly affine: AffineCoding;
  readonly fourBits: FourBitsCoding;
  readonly gguf: GgufCoding;
  readonly integers: IntegerCoding;
  readonly lora: LoraCoding;
  readonly rowInt8: RowInt8Coding;
  readonly scaledFloat: ScaledFloatCoding;
  readonly stored: StoredCoding;
  readonly tokenRows: TokenRowsCoding;
  readonly transposed: TransposedCoding;
}

export type CodecName = keyof Codings;

/** A tensor of any codec of the list. */
export type AnyEncoded = { readonly [Name in CodecName]: EncodedTensor<Name, Codings[Name]> }[CodecName];

const CODECS: { readonly [Name in CodecName]: Codec<Codings[Name]> } = {
  ...{ added, affine, fourBits, gguf, integers, lora, rowInt8, scaledFloat, stored, tokenRows, transposed },
};

/** The codec of a tensor, with the tensor given to it. */
export interface BoundCodec {
  ranges(rows: Rows): Readonly<Record<string, PartRange>>;
  decode(bytes: PartBytes, rows: Rows): Float32Array<ArrayBuffer>;
  /** False for plain numbers. */
  quantized(): boolean;
  /** Null where the tensor does not map onto `MatMulNBits`. */
  packing(): Packing | null;
  /** @throws RangeError where `packing` is null */
  pack(bytes: PartBytes, rows: Rows, block?: BlockColumns): PackedRows;
  roundingEnergy(bytes: PartBytes, rows: Rows): number;
}

export function codecOf<Name extends CodecName>(tensor: EncodedTensor<Name, Codings[Name]>): BoundCodec {
  const codec: Codec<Codings[Name]> = CODECS[tensor.codec];
  const { packed } = codec;
  return {
    ranges: (rows) => codec.ranges(tensor, rows),
    decode: (bytes, rows) => codec.decode(tensor, bytes, rows),
    quantized: () => codec.quantized?.(tensor) ?? true,
    packing: () => packed?.packing(tensor) ?? null,
    pack: (bytes, rows, block = 32) => {
      if (packed) return packed.pack(tensor, bytes, rows, block);
      throw new RangeError(`${tensor.codec} does not map onto MatMulNBits`);
    },
    roundingEnergy: (bytes, rows) => codec.roundingEnergy(tensor, bytes, rows),
  };
}
