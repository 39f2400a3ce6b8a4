/** Pictures with the pixels that Pillow and transformers make of them: `tools/goldens/image_profiles.py`. */
import type { DecodedImage } from '../decoded-image.ts';

export interface GoldenPictures {
  /** By file name; `rgb` in base64, row by row. */
  readonly pictures: Readonly<Record<string, { width: number; height: number; rgb: string }>>;
}

export function pixelsOf(pictures: GoldenPictures['pictures'], file: string): DecodedImage {
  const found = pictures[file];
  if (!found) throw new Error(`no golden picture ${file}`);
  const rgb = Uint8Array.from(atob(found.rgb), (character) => character.charCodeAt(0));
  return { width: found.width, height: found.height, rgb };
}
