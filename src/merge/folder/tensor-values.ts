/** The values of one tensor of a merge, any range of its elements at a time. */
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { readTensorBytes } from '../../checkpoint/checkpoint.ts';
import { toFloat32 } from '../../checkpoint/decoding.ts';
import { DTYPE_BYTES } from '../../checkpoint/dtype.ts';
import { addNoise, interpolate } from '../arithmetic/blend.ts';
import { normals } from '../arithmetic/normal-stream.ts';
import type { Compute, Source } from '../plan/operation.ts';
import type { DonorName } from '../recipe/recipe.ts';
import { yieldToEvents } from '../../work/turns.ts';

/** Normal values drawn between two looks at what is waiting: some milliseconds of work. */
const NOISE_ELEMENTS = 2 ** 16;

/** The folders that the sources of a plan lie in. */
export type DonorFolders = ReadonlyMap<DonorName, CheckpointFiles>;

/** @throws NamedError those of `readRange` */
export async function readSource(
  { donor, entry }: Source,
  folders: DonorFolders,
  range: { readonly start: number; readonly end: number },
): Promise<Uint8Array<ArrayBuffer>> {
  return readTensorBytes({ files: folders.get(donor) ?? new Map() }, entry, range);
}

/** Elements `[first, end)` before any noise: decoded to float32, and interpolated. */
export async function mixedValues(
  { from, mix }: Compute,
  folders: DonorFolders,
  first: number,
  end: number,
): Promise<Float32Array<ArrayBuffer>> {
  const read = async (source: Source): Promise<Float32Array<ArrayBuffer>> => {
    const size = DTYPE_BYTES[source.entry.dtype];
    const bytes = await readSource(source, folders, { start: first * size, end: end * size });
    return toFloat32(bytes, source.entry.dtype);
  };
  if (!mix) return read(from);
  const [values, others] = await Promise.all([read(from), read(mix.with)]);
  interpolate(values, others, mix.alpha);
  return values;
}

/**
 * Elements `[first, end)` as the merge has them.
 *
 * @throws RangeError when there is to be noise and its deviation was not measured
 */
export async function computedValues(
  operation: Compute,
  folders: DonorFolders,
  first: number,
  end: number,
): Promise<Float32Array<ArrayBuffer>> {
  const values = await mixedValues(operation, folders, first, end);
  if (!operation.noise) return values;
  const { ratio, seed, deviation } = operation.noise;
  const { name } = operation.from.entry;
  if (deviation === null) throw new RangeError(`the deviation of ${name} was not measured`);
  const z = new Float64Array(Math.min(NOISE_ELEMENTS, values.length));
  for (let done = 0; done < values.length; done += NOISE_ELEMENTS) {
    if (done > 0) await yieldToEvents();
    const part = values.subarray(done, done + NOISE_ELEMENTS);
    const drawn = z.subarray(0, part.length);
    normals({ seed, tensor: name }, first + done, drawn);
    addNoise(part, drawn, ratio, deviation);
  }
  return values;
}
