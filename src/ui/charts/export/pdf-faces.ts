import monoBold from '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-700-normal.woff?url';
import mono from '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff?url';
import monoGreek from '@fontsource/jetbrains-mono/files/jetbrains-mono-greek-400-normal.woff?url';
import type { jsPDF } from 'jspdf';
import regular from 'inter-ui/Inter (web)/Inter-Regular.woff?url';
import semibold from 'inter-ui/Inter (web)/Inter-SemiBold.woff?url';
import bold from 'inter-ui/Inter (web)/Inter-Bold.woff?url';
import type { TextRun } from './text-runs.ts';
import { base64 } from './fonts.ts';
import { unpackWoff } from './woff.ts';

/** What a PDF embeds: still cuts of the page's families, since no PDF knows variable ones; Inter here has the signs of mathematics, too. */
const FACES = [
  { name: 'Inter', weight: 400, address: regular },
  { name: 'InterSemiBold', weight: 600, address: semibold },
  { name: 'InterBold', weight: 700, address: bold },
  { name: 'JetBrainsMono', weight: 400, address: mono },
  { name: 'JetBrainsMonoGreek', weight: 400, address: monoGreek },
  { name: 'JetBrainsMonoBold', weight: 700, address: monoBold },
] as const;

type Face = (typeof FACES)[number]['name'];

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
  async fetch(looks: readonly Pick<TextRun, 'family' | 'weight'>[]): Promise<void> {
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
  faceOf(letter: string, look: Pick<TextRun, 'family' | 'weight'>): Face | null {
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
function candidates({ family, weight }: Pick<TextRun, 'family' | 'weight'>): readonly Face[] {
  const sans: Face = weight >= 650 ? 'InterBold' : weight >= 550 ? 'InterSemiBold' : 'Inter';
  if (!family.includes('JetBrains Mono')) return [sans];
  return [weight >= 600 ? 'JetBrainsMonoBold' : 'JetBrainsMono', 'JetBrainsMonoGreek', sans];
}
