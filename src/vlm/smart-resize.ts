import { NamedError } from '../named-error.ts';

/** Beyond this the reference refuses an image (Qwen2-VL image processor). */
const MAX_ASPECT_RATIO = 200;

export interface ResizeLimits {
  /** Sides become multiples of this: patch size × merge size. */
  readonly factor: number;
  readonly minPixels: number;
  readonly maxPixels: number;
  /** Whether a side below `factor` is enlarged to it (transformers 5), or the image refused (4.51). */
  readonly thinPictures?: 'enlarged' | 'refused';
}

/** Python's `round`: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const fraction = value - below;
  if (fraction !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/**
 * The size to which an image is resized before it is cut into patches: sides are multiples of `factor`, the area lies
 * within the limits, the aspect ratio is kept as far as that allows. `smart_resize` of transformers' Qwen2-VL processor.
 *
 * @throws ImageAspectRatio when one side is more than 200 times the other.
 * @throws ImageTooThin when a side is, or would come to, less than `factor`, and such images are refused.
 */
export function smartResize(
  height: number,
  width: number,
  { factor, minPixels, maxPixels, thinPictures = 'enlarged' }: ResizeLimits,
): { readonly height: number; readonly width: number } {
  const refusing = thinPictures === 'refused';
  if (refusing && Math.min(height, width) < factor) throw tooThin(height, width, factor);
  const ratio = Math.max(height, width) / Math.min(height, width);
  if (!(ratio <= MAX_ASPECT_RATIO)) {
    throw new NamedError(
      'ImageAspectRatio',
      `an image of ${width} × ${height} pixels has aspect ratio ${ratio.toFixed(1)}; the limit is ${MAX_ASPECT_RATIO}`,
      {},
      'Crop or pad the image.',
    );
  }
  const rounded = {
    height: roundHalfEven(height / factor) * factor,
    width: roundHalfEven(width / factor) * factor,
  };
  if (rounded.height * rounded.width > maxPixels) {
    const shrink = Math.sqrt((height * width) / maxPixels);
    const shrunk = (side: number): number => {
      const units = Math.floor(side / shrink / factor);
      if (refusing && units === 0) throw tooThin(height, width, factor);
      return Math.max(1, units) * factor;
    };
    return { height: shrunk(height), width: shrunk(width) };
  }
  if (rounded.height * rounded.width < minPixels) {
    const grow = Math.sqrt(minPixels / (height * width));
    return {
      height: Math.ceil((height * grow) / factor) * factor,
      width: Math.ceil((width * grow) / factor) * factor,
    };
  }
  return rounded;
}

function tooThin(height: number, width: number, factor: number): NamedError {
  return new NamedError(
    'ImageTooThin',
    `an image of ${width} × ${height} pixels has a side that is, or is scaled to, less than ${factor}; transformers 4.51 refuses it`,
    {},
    'Enlarge or pad the image, or choose another image processing.',
  );
}
