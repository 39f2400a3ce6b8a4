/** Decimal columns of Parquet, without the rounding of doubles. */
import type { FileMetaData } from 'hyparquet';
import { withoutEnd } from '../../trim.ts';

/**
 * Makes hyparquet hand out the whole numbers that decimals are stored as, where it would multiply doubles; within records and
 * lists it still does. Returns how many of their digits are behind the point, by column.
 */
export function takeDecimals({ schema }: Pick<FileMetaData, 'schema'>): ReadonlyMap<string, number> {
  const scales = new Map<string, number>();
  for (let at = 1; at < schema.length; at = endOf(schema, at)) {
    const element = schema[at];
    if (element?.converted_type !== 'DECIMAL') continue;
    scales.set(element.name, element.scale ?? 0);
    delete element.converted_type;
    delete element.logical_type;
  }
  return scales;
}

/** The number where a double prints the same digits, else its text. @param stored the number without its point, or its bytes */
export function decimalValue(stored: unknown, scale: number): unknown {
  const whole = wholeNumber(stored);
  if (whole === undefined) return stored;
  const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const fraction = withoutEnd(digits.slice(point), /0/);
  const text = `${whole < 0n ? '-' : ''}${digits.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`;
  return String(Number(text)) === text ? Number(text) : text;
}

/** Two's complement, its highest byte first, where it is bytes. */
function wholeNumber(stored: unknown): bigint | undefined {
  if (typeof stored === 'bigint') return stored;
  if (typeof stored === 'number') return BigInt(stored);
  if (!(stored instanceof Uint8Array)) return undefined;
  const unsigned = stored.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return BigInt.asIntN(stored.length * 8, unsigned);
}

/** Where the next column begins: behind this one's members. */
function endOf(schema: FileMetaData['schema'], at: number): number {
  let next = at + 1;
  for (let child = schema[at]?.num_children ?? 0; child > 0; child--) next = endOf(schema, next);
  return next;
}
