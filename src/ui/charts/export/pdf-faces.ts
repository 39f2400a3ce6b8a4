import monoBold from '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-700-normal.woff?url';
import mono from '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff?url';
import monoGreek from '@fontsource/jetbrains-mono/files/jetbrains-mono-greek-400-normal.woff?url';
import type { jsPDF } from 'jspdf';
import regular from 'inter-ui/Inter (web)/Inter-Regular.woff?url';
import semibold from 'inter-ui/Inter (web)/Inter-SemiBold.woff?url';
import italic from 'inter-ui/Inter (web)/Inter-Italic.woff?url';
import bold from 'inter-ui/Inter (web)/Inter-Bold.woff?url';
import type { TextRun } from './text-runs.ts';
import { base64 } from './fonts.ts';
import { unpackWoff } from './woff.ts';

/** What a PDF embeds: still cuts of the page's families, since no PDF knows variable ones; Inter here has the signs of mathematics, too. */
const FACES = [
  { name: 'Inter', address: regular },
  { name: 'InterSemiBold', address: semibold },
  { name: 'InterBold', address: bold },
  { name: 'InterItalic', address: italic },
  { name: 'JetBrainsMono', address: mono },
  { name: 'JetBrainsMonoGreek', address: monoGreek },
  { name: 'JetBrainsMonoBold', address: monoBold },
] as const;

type Face = (typeof FACES)[number]['name'];
/** By which a face is chosen. */
type Look = Pick<TextRun, 'family' | 'weight' | 'slant'>;

/** What jsPDF knows of a face. */
interface Metadata {
  characterToGlyph(code: number): number;
  widthOfGlyph(glyph: number): number;
}

/** Faces of a document, fetched as they are asked for. */
export class PdfFaces {
  readonly #pdf: jsPDF;
  readonly #known = new Map<Face, Metadata>();

  constructor(pdf: jsPDF) {
    this.#pdf = pdf;
  }

  /** Fetches what may be needed for texts of these looks. @throws those of fetching; NamedError `PictureFailed` */
  async fetch(looks: readonly Look[]): Promise<void> {
    const wanted = new Set(looks.flatMap(candidates));
    await Promise.all(
      FACES.filter(({ name }) => wanted.has(name)).map(async ({ name, address }) => {
        const woff = new Uint8Array(await (await fetch(address)).arrayBuffer());
        this.#pdf.addFileToVFS(`${name}.ttf`, base64(unpackWoff(woff)));
        this.#pdf.addFont(`${name}.ttf`, name, 'normal');
        this.#pdf.setFont(name, 'normal');
        const { metadata } = this.#pdf.getFont() as unknown as { readonly metadata: Metadata };
        this.#known.set(name, metadata);
      }),
    );
  }

  /** The face that has a letter; null where none does. */
  faceOf(letter: string, look: Look): Face | null {
    const code = letter.codePointAt(0) ?? 0;
    // jsPDF writes letters of two bytes.
    if (code > 0xffff) return null;
    return candidates(look).find((name) => (this.#known.get(name)?.characterToGlyph(code) ?? 0) > 0) ?? null;
  }

  /** In thousandths of the size. */
  widthOf(text: string, face: Face): number {
    const metadata = this.#known.get(face);
    return [...text].reduce(
      (sum, letter) =>
        sum + (metadata?.widthOfGlyph(metadata.characterToGlyph(letter.codePointAt(0) ?? 0)) ?? 0),
      0,
    );
  }
}

/** From the most like to the least. */
function candidates({ family, weight, slant }: Look): readonly Face[] {
  const sans: Face = weight >= 650 ? 'InterBold' : weight >= 550 ? 'InterSemiBold' : 'Inter';
  if (!family.includes('JetBrains Mono')) return slant === 'normal' ? [sans] : ['InterItalic', sans];
  return [weight >= 600 ? 'JetBrainsMonoBold' : 'JetBrainsMono', 'JetBrainsMonoGreek', sans];
}
