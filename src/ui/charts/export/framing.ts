import { range } from 'd3';

/** What stands around a chart that leaves the page: its heading above, where it comes from below. */
export interface Framing {
  readonly title: string;
  /** Under the title: what was measured, and how to read it. */
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
/** What stands about the chart of a slide grows no further than this: the room is the chart's. */
const MOST = { title: 1.8, line: 1.6, foot: 1.4 };
/** A command on a slide takes no more lines than these; the whole of it is in the metadata. */
const MOST_CODE = 2;
/** Of a line, in its size. */
const LEADING = 1.4;
/** Between the chart and the texts about it. */
const GAP = 12;

/** Of a face, so that lines can be broken where they end. */
const measuring = (): CanvasRenderingContext2D | null => document.createElement('canvas').getContext('2d');

/** Between Chinese characters, though no line begins with a closing mark or ends with an opening one. */
const BREAK =
  /(?<=[，。；：！？、）》”])(?=[^，。；：！？、）》”])|(?<=\p{Script=Han})(?=[\p{Script=Han}（《“])/u;

/** Words on lines no longer than `width` pixels, Chinese ones broken anywhere; one that is longer by itself is cut. */
function wrapped(text: string, width: number, font: string): string[] {
  const context = measuring();
  if (context) context.font = font;
  const fits = (line: string): boolean => (context?.measureText(line).width ?? 0) <= width;
  const lines: string[] = [];
  const words = text.split(/\s+/).filter(Boolean);
  const pieces = words.flatMap((word) =>
    word.split(BREAK).map((piece, at) => ({ piece, space: at === 0 ? ' ' : '' })),
  );
  for (const { piece, space } of pieces) {
    const open = lines.at(-1);
    let word = piece;
    if (open !== undefined && fits(`${open}${space}${word}`))
      lines[lines.length - 1] = `${open}${space}${word}`;
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

/** Words with as many of those in the middle left out as it takes. @param fits of a line that has all that is left */
function elided(text: string, fits: (text: string) => boolean): string {
  const words = text.split(' ');
  const without = (count: number): string => {
    const from = Math.ceil((words.length - count) / 2);
    return [...words.slice(0, from), '…', ...words.slice(from + count)].join(' ');
  };
  if (fits(text)) return text;
  return without(range(1, words.length).find((count) => fits(without(count))) ?? words.length);
}

/** Lays out heading and foot about a chart of this size. */
export function framed(chart: { readonly width: number; readonly height: number }, framing: Framing): Framed {
  const { title, lines, footer, code, scale, page } = framing;
  const margin = MARGIN * scale;
  const width = page?.width ?? chart.width + 2 * margin;
  const room = width - 2 * margin;
  const sized = (size: number, most: number): number => size * (page ? Math.min(scale, most) : scale);
  const [titleSize, lineSize, footSize] = [
    sized(TITLE, MOST.title),
    sized(LINE, MOST.line),
    sized(FOOT, MOST.foot),
  ] as const;
  const broken = (line: string, size: number, face: 'sans' | 'mono', weight = 400): string[] =>
    wrapped(line, room, `${weight} ${size}px ${FACES[face]}`);
  const set = (
    given: readonly string[],
    size: number,
    face: 'sans' | 'mono',
    more: Pick<FramedText, 'weight' | 'soft'> = {},
  ): Omit<FramedText, 'x' | 'y'>[] =>
    given.flatMap((line) =>
      broken(line, size, face, more.weight).map((text) => ({ text, face, size, ...more })),
    );
  const commands = page
    ? code.map((line) => elided(line, (text) => broken(text, footSize, 'mono').length <= MOST_CODE))
    : code;
  const head = [
    ...set([title], titleSize, 'sans', { weight: 600 }),
    ...set(lines, lineSize, 'sans', { soft: true }),
  ];
  const foot = [
    ...set(footer, footSize, 'sans', { soft: true }),
    ...set(commands, footSize, 'mono', { soft: true }),
  ];
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
