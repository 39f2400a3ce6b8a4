import { NamedError } from '../named-error.ts';
import type { VlmConfig } from './config.ts';
import { type ImageGrid, imageTokens } from './image-grid.ts';
import { inverseFrequencies, type RotaryTable } from './rotary.ts';

export interface MropePositions {
  /** Time, height and width positions, `[tokens]` each. Text tokens have the same on all three axes. */
  readonly axes: readonly [time: Int32Array, height: Int32Array, width: Int32Array];
  /** Position of the token that comes after these, on all axes; less than the token count where there are images. */
  readonly next: number;
}

/**
 * Three-dimensional positions of a prompt (Qwen2-VL, section 2.1): text counts on by one; an image's tokens share one time
 * and are placed by row and column; what follows continues after the largest position so far. As `get_rope_index` of
 * transformers, for images and text.
 *
 * @throws ImageTokenMismatch when the runs of image tokens do not fit `images`.
 */
export function mropePositions(
  inputIds: readonly number[],
  images: readonly ImageGrid[],
  config: VlmConfig,
): MropePositions {
  const merge = config.vision.spatialMergeSize;
  const axes = [0, 1, 2].map(() => new Int32Array(inputIds.length));
  const [time = new Int32Array(), height = new Int32Array(), width = new Int32Array()] = axes;
  let next = 0;
  let image = 0;
  for (let at = 0; at < inputIds.length;) {
    if (inputIds[at] !== config.tokens.image) {
      for (const axis of axes) axis[at] = next;
      next++;
      at++;
      continue;
    }
    const grid = images[image++];
    const count = grid === undefined ? 0 : imageTokens(grid, merge);
    const run = inputIds.slice(at, at + count);
    if (grid === undefined || run.length < count || run.some((id) => id !== config.tokens.image)) {
      throw mismatch(`the image tokens at ${at} do not fit the images given (${images.length})`);
    }
    const columns = grid[2] / merge;
    const area = (grid[1] / merge) * columns;
    for (let i = 0; i < count; i++, at++) {
      time[at] = next + Math.floor(i / area);
      height[at] = next + Math.floor((i % area) / columns);
      width[at] = next + (i % columns);
    }
    next += Math.max(grid[1], grid[2]) / merge;
  }
  if (image !== images.length)
    throw mismatch(`${image} images stand in the prompt, ${images.length} were given`);
  return { axes: [time, height, width], next };
}

function mismatch(what: string): NamedError {
  return new NamedError(
    'ImageTokenMismatch',
    what,
    {},
    'Build the prompt and the positions from the same images.',
  );
}

/**
 * Rotary angles of the language model, `[tokens, headDim / 2]`: the first mropeSection[0] frequencies turn with time, the
 * next with height, the last with width; interleaved, frequency i turns with axis i mod 3 below 3 · mropeSection[axis], and
 * beyond with time (`recomposition_frequencies` of transformers 5.24).
 */
export function mropeCosSin(
  { axes }: Pick<MropePositions, 'axes'>,
  { text }: Pick<VlmConfig, 'text'>,
): RotaryTable {
  const frequencies = inverseFrequencies(text.ropeTheta, text.headDim);
  const axisOf = frequencyAxes(text, frequencies.length);
  const tokens = axes[0].length;
  const cos = new Float32Array(tokens * frequencies.length);
  const sin = new Float32Array(tokens * frequencies.length);
  for (let token = 0, to = 0; token < tokens; token++) {
    for (let i = 0; i < frequencies.length; i++, to++) {
      const position = axes[axisOf[i] ?? 0]?.[token] ?? 0;
      const angle = Math.fround(position * (frequencies[i] ?? 0));
      cos[to] = Math.cos(angle);
      sin[to] = Math.sin(angle);
    }
  }
  return { cos, sin };
}

/** The axis that each frequency turns with. */
function frequencyAxes(
  { mropeSection, mropeInterleaved }: VlmConfig['text'],
  frequencies: number,
): readonly number[] {
  if (!mropeInterleaved) return mropeSection.flatMap((size, axis) => new Array<number>(size).fill(axis));
  return Array.from({ length: frequencies }, (_, i) => (i < 3 * (mropeSection[i % 3] ?? 0) ? i % 3 : 0));
}

/** Positions of `count` text tokens from `start` on, as while an answer grows. */
export function textPositions(start: number, count: number): Pick<MropePositions, 'axes'> {
  const axis = Int32Array.from({ length: count }, (_, i) => start + i);
  return { axes: [axis, axis, axis] };
}
