/** What the codes of a format stand for before a scale is applied. */
import { float4ToNumber, float8ToNumber } from '../../float8.ts';

export interface Book {
  /** By code. */
  readonly values: Float32Array<ArrayBuffer>;
  /**
   * By code, the mean distance to the two neighbouring values of the book; at either end that to the only neighbour, and 0 for
   * what is no number. The expected cost of rounding to a value is step² / 12.
   */
  readonly steps: Float32Array<ArrayBuffer>;
}

export function bookOf(values: Float32Array<ArrayBuffer>): Book {
  // Adding zero makes one of both zeros: they are one value, a step of nothing apart.
  const finite = values.filter((value) => Number.isFinite(value)).map((value) => value + 0);
  const sorted = Float64Array.from(new Set(finite)).sort();
  const steps = values.map((value) => {
    if (!Number.isFinite(value)) return 0;
    const at = sorted.indexOf(value);
    const below = sorted[at - 1] ?? value;
    const above = sorted[at + 1] ?? value;
    return above === value || below === value ? above - below : (above - below) / 2;
  });
  return { values, steps };
}

export type FloatFormat = 'F8_E4M3' | 'F8_E5M2' | 'F4_E2M1';

const books = new Map<FloatFormat, Book>();

/** Built on first use. */
export function floatBook(format: FloatFormat): Book {
  let book = books.get(format);
  if (book === undefined) {
    const valueOf = format === 'F4_E2M1' ? float4ToNumber : (code: number) => float8ToNumber(code, format);
    book = bookOf(Float32Array.from({ length: format === 'F4_E2M1' ? 16 : 256 }, (_, code) => valueOf(code)));
    books.set(format, book);
  }
  return book;
}
