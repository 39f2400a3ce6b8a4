/** Average width of a character in em, a little generous: text is laid out before it is drawn. */
const SANS = 0.56;
const MONO = 0.61;

/** Width in pixels that `text` will take at `size` pixels; for keeping labels apart. */
export function textWidth(text: string, size: number, face: 'sans' | 'mono' = 'sans'): number {
  return [...text].length * size * (face === 'mono' ? MONO : SANS);
}
