/** The loops behind every format of the kind "value of a code, times the scale of its group". */

/** Whole bytes; or halves of bytes, of which the first is the low or the high one. */
export type CodeOrder = 'bytes' | 'low first' | 'high first';

export interface CodeRun {
  readonly codes: Uint8Array<ArrayBuffer>;
  readonly order: CodeOrder;
  /** The first code, counted from the beginning of `codes`. */
  readonly first: number;
  readonly count: number;
  readonly scales: Float32Array<ArrayBuffer>;
  /** Place of the first code's scale in `scales`. */
  readonly scaleAt: number;
  /** Codes that share a scale. */
  readonly group: number;
  /** How many codes of the first one's group lie in front of it. */
  readonly phase: number;
}

/**
 * Writes table[code] · scale, rounded once to float32, from `at` on. With the steps of a book as `table` the steps of the values
 * come out.
 *
 * @param table as many values as there are codes, 256 or 16
 */
export function scaleInto(
  out: Float32Array<ArrayBuffer>,
  at: number,
  table: Float32Array<ArrayBuffer>,
  { codes, order, first, count, scales, scaleAt, group, phase }: CodeRun,
): void {
  const end = first + count;
  let scaleIndex = scaleAt;
  let limit = first + group - phase;
  for (let code = first; code < end; limit += group, scaleIndex += 1) {
    const stop = Math.min(limit, end);
    const scale = scales[scaleIndex] as number;
    if (order === 'bytes') bytesInto(out, at, table, codes, code, stop, scale);
    else halvesInto(out, at, table, codes, code, stop, scale, order === 'high first' ? 4 : 0);
    at += stop - code;
    code = stop;
  }
}

function bytesInto(
  out: Float32Array,
  at: number,
  table: Float32Array,
  codes: Uint8Array,
  first: number,
  end: number,
  scale: number,
): void {
  for (let code = first; code < end; code += 1, at += 1) {
    out[at] = (table[codes[code] as number] as number) * scale;
  }
}

function halvesInto(
  out: Float32Array,
  at: number,
  table: Float32Array,
  codes: Uint8Array,
  first: number,
  end: number,
  scale: number,
  shift: number,
): void {
  const other = 4 - shift;
  let code = first;
  if ((code & 1) === 1 && code < end) {
    out[at] = (table[((codes[code >>> 1] as number) >> other) & 15] as number) * scale;
    code += 1;
    at += 1;
  }
  for (; code + 1 < end; code += 2, at += 2) {
    const both = codes[code >>> 1] as number;
    out[at] = (table[(both >> shift) & 15] as number) * scale;
    out[at + 1] = (table[(both >> other) & 15] as number) * scale;
  }
  if (code < end) out[at] = (table[((codes[code >>> 1] as number) >> shift) & 15] as number) * scale;
}

/** Σ step² / 12. */
export function energyOfSteps(steps: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < steps.length; i += 1) sum += (steps[i] as number) ** 2;
  return sum / 12;
}
