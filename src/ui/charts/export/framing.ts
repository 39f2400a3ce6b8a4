/** What stands around a chart that leaves the page: its heading above, where it comes from below. */
export interface Framing {
  readonly title: string;
  /** Under the title: how to read it, "n = 100". */
  readonly lines: readonly string[];
  /** Below the chart: checkpoints, interval, seed, version. */
  readonly footer: readonly string[];
  /** The last lines: what runs it again. */
  readonly code: readonly string[];
  /** The whole of it, for programs. */
  readonly metadata: string;
  /** Of the sizes of texts and margins. */
  readonly scale: number;
  /** Of a slide, in pixels; null where the picture is as large as the chart needs. */
  readonly page: { readonly width: number; readonly height: number } | null;
}

export interface FramedText {
  readonly text: string;
  readonly face: 'sans' | 'mono';
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly weight?: number;
  readonly soft?: boolean;
}

/** At scale 1, in pixels: as the page has them. */
export const MARGIN = 24;
const TITLE = 15;
const LINE = 13;
const FOOT = 11;
/** Of a line, in its size. */
const LEADING = 1.4;
/** Between the chart and the texts about it. */
const GAP = 12;

/** Of a face, so that lines can be broken where they end. */
const measuring = (): CanvasRenderingContext2D | null => document.createElement('canvas').getContext('2d');

/** Words on lines no longer than `width` pixels; one that is longer by itself is cut. */
function wrapped(text: string, width: number, font: string): string[] {
  const context = measuring();
  if (context) context.font = font;
  const fits = (line: string): boolean => (context?.measureText(line).width ?? 0) <= width;
  const lines: string[] = [];
  for (let word of text.split(/\s+/).filter(Boolean)) {
    const open = lines.at(-1);
    if (open !== undefined && fits(`${open} ${word}`)) lines[lines.length - 1] = `${open} ${word}`;
    else {
      while (!fits(word) && word.length > 1) {
        let end = word.length - 1;
        while (end > 1 && !fits(word.slice(0, end))) end -= 1;
        lines.push(word.slice(0, end));
        word = word.slice(end);
      }
      lines.push(word);
    }
  }
  return lines;
}

interface Framed {
  readonly texts: readonly FramedText[];
  /** Where the chart stands. */
  readonly at: { readonly x: number; readonly y: number; readonly scale: number };
  readonly width: number;
  readonly height: number;
}

/** Lays out heading and foot about a chart of this size. */
export function framed(chart: { readonly width: number; readonly height: number }, framing: Framing): Framed {
  const { title, lines, footer, code, scale, page } = framing;
  const margin = MARGIN * scale;
  const width = page?.width ?? chart.width + 2 * margin;
  const room = width - 2 * margin;
  const set = (
    given: readonly string[],
    size: number,
    face: 'sans' | 'mono',
    more: Pick<FramedText, 'weight' | 'soft'> = {},
  ): Omit<FramedText, 'x' | 'y'>[] =>
    given.flatMap((line) =>
      wrapped(line, room, `${more.weight ?? 400} ${size * scale}px ${FACES[face]}`).map((text) => ({
        ...{ text, face, size: size * scale },
        ...more,
      })),
    );
  const head = [...set([title], TITLE, 'sans', { weight: 600 }), ...set(lines, LINE, 'sans', { soft: true })];
  const foot = [...set(footer, FOOT, 'sans', { soft: true }), ...set(code, FOOT, 'mono', { soft: true })];
  const high = (texts: readonly { readonly size: number }[]): number =>
    texts.reduce((sum, { size }) => sum + size * LEADING, 0);
  const gap = GAP * scale;
  const around = 2 * margin + high(head) + high(foot) + 2 * gap;
  const height = page?.height ?? around + chart.height;
  // What is too tall for a slide at any size is made smaller as a whole.
  const shrink = Math.min(1, (height - around) / chart.height, room / chart.width);
  const spare = height - around - chart.height * shrink;
  let y = margin;
  const placed = (texts: readonly Omit<FramedText, 'x' | 'y'>[]): FramedText[] =>
    texts.map((text) => {
      y += text.size * LEADING;
      return { ...text, x: margin, y: y - text.size * 0.3 };
    });
  const above = placed(head);
  const at = { x: (width - chart.width * shrink) / 2, y: y + gap + spare / 2, scale: shrink };
  y = height - margin - high(foot);
  return { texts: [...above, ...placed(foot)], at, width, height };
}

const FACES = { sans: "'Inter Variable', sans-serif", mono: "'JetBrains Mono Variable', monospace" };
