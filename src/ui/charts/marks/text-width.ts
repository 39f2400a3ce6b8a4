/** Widths of characters in em, a little generous: text is laid out before it is drawn. */
const MONO = 0.61;
/** Of the sans, by what a character looks like; of Chinese ones in either face. */
const FULL = 1.02;
const SANS: readonly (readonly [of: RegExp, em: number])[] = [
  [/[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]/, FULL],
  [/[ijlI.,:;'\u2019|! ]/, 0.3],
  [/[frt()[\]/1-]/, 0.43],
  [/[mwMW%@\u2014\u2026]/, 0.98],
  [/[A-Z]/, 0.75],
];
/** Of a small letter, a digit, a sign. */
const OTHER = 0.63;

/** Width in pixels that `text` will take at `size` pixels; for keeping labels apart. */
export function textWidth(text: string, size: number, face: 'sans' | 'mono' = 'sans'): number {
  const em = (one: string): number => {
    const found = SANS.find(([of]) => of.test(one))?.[1] ?? OTHER;
    return face === 'mono' && found !== FULL ? MONO : found;
  };
  return [...text].reduce((sum, one) => sum + em(one), 0) * size;
}

/** Size of the names of series at scale 1, and their marker with the gaps about it. */
const LABEL_SIZE = 13;
const LABEL_MARK = 28;

/** Whether the longest name, beside the end of its line, stays within `room` pixels. */
export function labelsFit(labels: readonly string[], room: number, scale: number): boolean {
  return labels.every((label) => textWidth(label, LABEL_SIZE * scale) + LABEL_MARK * scale <= room);
}
