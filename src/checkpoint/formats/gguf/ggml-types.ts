/** The element types of GGUF files, by the number that stands for them (ggml.h; those removed since have no entry). */

export interface GgmlType {
  readonly name: string;
  /** Elements that are stored together, along the first dimension. */
  readonly elements: number;
  /** That they take. */
  readonly bytes: number;
}

/** Numbers as they are, and blocks that are read. */
const READ = {
  0: ['F32', 1, 4],
  1: ['F16', 1, 2],
  2: ['Q4_0', 32, 18],
  3: ['Q4_1', 32, 20],
  6: ['Q5_0', 32, 22],
  7: ['Q5_1', 32, 24],
  8: ['Q8_0', 32, 34],
  10: ['Q2_K', 256, 84],
  11: ['Q3_K', 256, 110],
  12: ['Q4_K', 256, 144],
  13: ['Q5_K', 256, 176],
  14: ['Q6_K', 256, 210],
  20: ['IQ4_NL', 32, 18],
  23: ['IQ4_XS', 256, 136],
  30: ['BF16', 1, 2],
  39: ['MXFP4', 32, 17],
  40: ['NVFP4', 64, 36],
} as const;

/** Of these only the place in the file is known. */
const UNREAD = {
  9: ['Q8_1', 32, 40],
  15: ['Q8_K', 256, 292],
  16: ['IQ2_XXS', 256, 66],
  17: ['IQ2_XS', 256, 74],
  18: ['IQ3_XXS', 256, 98],
  19: ['IQ1_S', 256, 50],
  21: ['IQ3_S', 256, 110],
  22: ['IQ2_S', 256, 82],
  24: ['I8', 1, 1],
  25: ['I16', 1, 2],
  26: ['I32', 1, 4],
  27: ['I64', 1, 8],
  28: ['F64', 1, 8],
  29: ['IQ1_M', 256, 56],
  34: ['TQ1_0', 256, 54],
  35: ['TQ2_0', 256, 66],
  41: ['Q1_0', 128, 18],
} as const;

/** A type whose values are read. */
export type ReadType = (typeof READ)[keyof typeof READ][0];
/** Numbers one after the other. */
export type PlainType = 'F32' | 'F16' | 'BF16';
export type BlockType = Exclude<ReadType, PlainType>;

export const READ_TYPES: readonly ReadType[] = Object.values(READ).map(([name]) => name);

const TYPES: ReadonlyMap<number, GgmlType> = new Map(
  Object.entries({ ...READ, ...UNREAD }).map(([id, [name, elements, bytes]]) => [
    Number(id),
    { name, elements, bytes },
  ]),
);

/** Undefined for a number that stands for nothing, or no longer. */
export function ggmlType(id: number): GgmlType | undefined {
  return TYPES.get(id);
}

/** The number that stands for a type. */
export function ggmlTypeId(type: ReadType): number {
  return Number(Object.entries(READ).find(([, [name]]) => name === type)?.[0]);
}

export function isReadType(name: string): name is ReadType {
  return (READ_TYPES as readonly string[]).includes(name);
}

export function isPlainType(name: ReadType): name is PlainType {
  return name === 'F32' || name === 'F16' || name === 'BF16';
}

/** Elements and bytes of a block, of a type that is read. */
export const BLOCK_SIZES = Object.fromEntries(
  Object.values(READ).map(([name, elements, bytes]) => [name, { elements, bytes }]),
) as Readonly<Record<ReadType, { readonly elements: number; readonly bytes: number }>>;
