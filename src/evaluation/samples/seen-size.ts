import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { pictureSize } from '../../image/picture-size.ts';
import { openPicture, type Picture } from '../../probes/data/picture.ts';

/** Width and height of the black picture that stands in for one; null where its file does not say its size. @throws NamedError `ImageTooLarge`; those of reading pictures */
export async function seenSize(
  picture: Picture,
  { imageProcessing }: Required<Pick<ImageReading, 'imageProcessing'>>,
): Promise<readonly [width: number, height: number] | null> {
  const size = await pictureSize(await openPicture(picture), imageProcessing);
  return size && [size.width, size.height];
}
