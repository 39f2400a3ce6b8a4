/** Average width of a character in em, a little generous: text is laid out before it is drawn. */
const SANS = 0.56;
const MONO = 0.61;
/** Chinese characters and full-width marks are as wide as they are high. */
const WIDE = /[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]/u;

/** Width in pixels that `text` will take at `size` pixels; for keeping labels apart. */
export function textWidth(text: string, size: number, face: 'sans' | 'mono' = 'sans'): number {
  const narrow = face === 'mono' ? MONO : SANS;
  return [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 1 : narrow), 0) * size;
}

/** Size of the names of series at scale 1, and their marker with the gaps about it. */
const LABEL_SIZE = 13;
const LABEL_MARK = 28;

/** Whether the longest name, beside the end of its line, stays within `room` pixels. */
export function labelsFit(labels: readonly string[], room: number, scale: number): boolean {
  return labels.every((label) => textWidth(label, LABEL_SIZE * scale) + LABEL_MARK * scale <= room);
}
