/** What lies where in a kept copy: one data file of all device arrays, and this description of it. */
import { slotBytes } from '../../graph/weights.ts';
import type { WeightDtype } from '../protocol/device.ts';
import type { QuantizationError } from '../protocol/loading.ts';
import { checksum } from './checksum.ts';
import type { PlannedWeight } from './plan.ts';

/** Goes up when the layout, the packing of quantized weights or the checksum changes: older copies then do not count. */
const VERSION = 3;

/** Arrays start at multiples of this many bytes. */
const ALIGNMENT = 16;

/** Most that is read or written at once: enough for full speed, and a cancel need not wait. */
export const PIECE_BYTES = 16 * 2 ** 20;

/** Bytes as they were written in one go: where in the array, how many, their checksum. */
export type KeptPiece = readonly [offset: number, bytes: number, checksum: number];

/** One device array in the data file. */
export interface KeptSlot {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: string;
  /** Bytes into the data file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface FilledSlot extends KeptSlot {
  /** In order, together the whole array. */
  readonly pieces: readonly KeptPiece[];
}

/** What a copy was converted from. */
export interface CopySource {
  /** When each file of weights was last written, by name, where that is known. */
  readonly dates: Readonly<Record<string, number>>;
  /** Hashes (`TensorHash`) of the tensors that were read whole, by canonical name. */
  readonly hashes: Readonly<Record<string, string>>;
}

export interface KeptManifest {
  readonly version: typeof VERSION;
  /** The checkpoint's, for people. */
  readonly name: string;
  readonly dtype: WeightDtype;
  /** Of the data file. */
  readonly bytes: number;
  readonly error: QuantizationError | null;
  readonly source: CopySource;
  readonly slots: readonly FilledSlot[];
}

/** Where the plan's arrays go in the data file, in the plan's order, which is also that of reading. */
export function layOut(plan: readonly PlannedWeight[]): { slots: readonly KeptSlot[]; bytes: number } {
  let end = 0;
  const slots = plan
    .flatMap((weight) => weight.slots)
    .map((slot) => {
      const { name, dims, type } = slot;
      const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
      const bytes = slotBytes(slot);
      end = offset + bytes;
      return { name, dims, type, offset, bytes };
    });
  return { slots, bytes: end };
}

/** The manifest of a finished copy; null when `pieces` (by array) leave a hole or overlap. */
export function describeCopy(
  plan: readonly PlannedWeight[],
  pieces: ReadonlyMap<string, readonly KeptPiece[]>,
  about: Pick<KeptManifest, 'name' | 'dtype' | 'error' | 'source'>,
): KeptManifest | null {
  const { slots, bytes } = layOut(plan);
  const filled = slots.map((slot) => ({
    ...slot,
    pieces: [...(pieces.get(slot.name) ?? [])].sort(([a], [b]) => a - b),
  }));
  return filled.every(isWhole) ? { version: VERSION, ...about, bytes, slots: filled } : null;
}

/** A manifest as it is stored: JSON, and on a line of its own the checksum of that. */
export function writeManifest(manifest: KeptManifest): string {
  const json = JSON.stringify(manifest);
  return `${json}\n${checksum(new TextEncoder().encode(json))}`;
}

/** Reads a stored manifest; null when it was cut short or changed, or is of another version. */
export function parseManifest(text: string): KeptManifest | null {
  const end = text.lastIndexOf('\n');
  const json = text.slice(0, end);
  try {
    if (String(checksum(new TextEncoder().encode(json))) !== text.slice(end + 1)) return null;
    const value: unknown = JSON.parse(json);
    return isManifest(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether the copy holds exactly the arrays that the plan asks for. */
export function fitsPlan(manifest: KeptManifest, plan: readonly PlannedWeight[]): boolean {
  const { slots, bytes } = layOut(plan);
  const same = (planned: KeptSlot, index: number): boolean => {
    const kept = manifest.slots[index];
    if (!kept || !isWhole(kept)) return false;
    const { pieces: _, ...place } = kept;
    return JSON.stringify(place) === JSON.stringify(planned);
  };
  return manifest.bytes === bytes && manifest.slots.length === slots.length && slots.every(same);
}

/** Whether files of these dates are those that the copy was made from: a fingerprint compares them at spots alone. */
export function isOfDates({ source }: Pick<KeptManifest, 'source'>, dates: CopySource['dates']): boolean {
  const names = new Set([...Object.keys(source.dates), ...Object.keys(dates)]);
  return [...names].every((name) => source.dates[name] === dates[name]);
}

function isWhole({ bytes, pieces }: FilledSlot): boolean {
  let end = 0;
  for (const [offset, length] of pieces) {
    if (offset !== end) return false;
    end += length;
  }
  return end === bytes;
}

/** A manifest that parses was written whole by this code: the version says the rest. */
function isManifest(value: unknown): value is KeptManifest {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === VERSION;
}
