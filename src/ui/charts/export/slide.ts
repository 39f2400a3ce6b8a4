import { bisector, range } from 'd3';
import { framed, type Framing, MARGIN } from './framing.ts';
import { picture, type Picture } from './standalone-svg.ts';

/** 16 : 9, in pixels. */
export const SLIDE = { width: 1920, height: 1080 } as const;

/** Factors of the sizes on the page, the largest first: at 2.4 the name of a series takes 31 of 1080 pixels, at 1, the least, 13. */
const SCALES = range(24, 9, -1).map((tenths) => tenths / 10);
/** From this one on letters are read from the back row; a chart whose height goes with its width is made narrower for it. */
const READABLE = 1.6;
const NARROWER = [1, 0.8, 0.64] as const;

interface Layout {
  readonly width: number;
  readonly scale: number;
}

/**
 * A chart laid out anew for a slide, in the largest letters with which it fits; one that is too tall even in the least is made
 * smaller as a whole. Null while nothing is drawn.
 */
export function slide(
  drawn: <T>(laid: Layout, use: (svg: SVGSVGElement) => T) => T | null,
  told: Omit<Framing, 'scale' | 'page'>,
): Picture | null {
  const framing = (scale: number): Framing => ({ ...told, scale, page: SLIDE });
  const layout = (scale: number, part: number): Layout => ({
    ...{ scale, width: (SLIDE.width - 2 * MARGIN * scale) * part },
  });
  const fits = (scale: number, part: number): boolean =>
    drawn(layout(scale, part), ({ width, height }) => {
      const size = { width: width.baseVal.value, height: height.baseVal.value };
      return framed(size, framing(scale)).at.scale === 1;
    }) ?? false;
  /** Smaller letters fit wherever larger ones do. */
  const largest = (part: number): number => {
    const at = bisector((scale: number) => (fits(scale, part) ? 1 : 0)).left(SCALES, 1);
    return SCALES[at] ?? 0;
  };
  let best: Layout = { scale: SCALES.at(-1) ?? 1, width: 0 };
  let found = 0;
  for (const part of NARROWER) {
    const scale = largest(part);
    if (scale > found) [found, best] = [scale, layout(scale, part)];
    if (found >= READABLE) break;
  }
  const { scale } = best;
  return drawn(found > 0 ? best : layout(scale, 1), (svg) => picture(svg, framing(scale)));
}
