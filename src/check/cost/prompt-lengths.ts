import { pictureSize } from '../../image/picture-size.ts';
import type { ImageProcessing } from '../../vlm/image-processing.ts';
import { openPicture, picturesIn } from '../../probes/data/picture.ts';
import type { Pair } from '../../probes/data/pair.ts';
import type { Pictured } from '../../probes/data/picture.ts';
import type { Lengths } from './run-seconds.ts';

/** Looked at, from the first on: a list's questions are much alike. */
const SAMPLES = 4;
/** An image token's side, of most of the models that are read here. */
const TOKEN_PIXELS = 28;
const CHARACTERS_PER_TOKEN = 3.5;
/** The chat template's own, before the question's image, and behind it. */
const TEMPLATE_TOKENS = { before: 15, after: 10 };

type Asked = Pair | (Pictured & { readonly question: string });

/**
 * How long prompts are, about, by the first of them: nothing is tokenized and no picture decoded.
 *
 * @throws NamedError `BadPicture`, `ImageTooLarge`
 */
export async function promptLengths(
  samples: Iterable<unknown>,
  {
    imageProcessing,
    maxImagePixels,
  }: { readonly imageProcessing: ImageProcessing; readonly maxImagePixels: number },
): Promise<Lengths> {
  const found: { readonly text: number; readonly image: number }[] = [];
  for (const sample of samples as Iterable<Asked>) {
    const pictures = 'target' in sample ? [sample.target] : picturesIn(sample);
    let image = 0;
    for (const picture of pictures) {
      const size = await pictureSize(await openPicture(picture), imageProcessing);
      const pixels = Math.min(maxImagePixels, size ? size.width * size.height : maxImagePixels);
      image += pixels / TOKEN_PIXELS ** 2;
    }
    const text = 'prompt' in sample ? sample.prompt : sample.question;
    found.push({ text: text.length / CHARACTERS_PER_TOKEN, image });
    if (found.length === SAMPLES) break;
  }
  const mean = (of: (one: (typeof found)[number]) => number): number =>
    found.reduce((sum, one) => sum + of(one), 0) / Math.max(1, found.length);
  const { before, after } = TEMPLATE_TOKENS;
  return { before, image: mean(({ image }) => image), after: after + mean(({ text }) => text) };
}
