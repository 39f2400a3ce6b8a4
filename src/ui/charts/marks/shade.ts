/** How much of a colour is left in the lightest and the darkest of its shades, percent: both keep the hue, and stand out from the ground. */
const LEAST = 55;

/** Shades of a checkpoint's colour for lines that are all its own: the first near to the ground, the last near to the ink. */
export function shadeOf(colour: string, at: number, count: number): string {
  const off = count < 2 ? 0 : (2 * at) / (count - 1) - 1;
  if (off === 0) return colour;
  const kept = Math.round(100 - (100 - LEAST) * Math.abs(off));
  return `color-mix(in srgb, ${colour} ${kept}%, var(${off < 0 ? '--ground' : '--ink'}))`;
}
