import { bisector, range } from 'd3';
import type { Layout } from '../figure/plot-size.svelte.ts';
import { framed, type Framing, MARGIN } from './framing.ts';
import { picture, type Picture } from './standalone-svg.ts';

/** 16 : 9, in pixels. */
export const SLIDE = { width: 1920, height: 1080 } as const;

/** Factors of the sizes on the page, the largest first: at 2.4 the name of a series takes 31 of 1080 pixels, at 1, the least, 13. */
const SCALES = range(24, 9, -1).map((tenths) => tenths / 10);
/** Factors of a chart's height, the largest first: its letters are chosen so that it fits when it is flattest, and then it fills the slide. */
const STRETCHES = range(800, 54, -5).map((hundredths) => hundredths / 100);
/** How flat a chart may be for the sake of its letters; one of so many rows that it fits in no letters then may be flatter. */
const FLATTEST = [0.8, 0.55] as const;

/**
 * A chart laid out anew for a slide, in the largest letters with which it fits, and as high as there is room; one that is too tall even in
 * the least is made smaller as a whole. Null while nothing is drawn.
 */
export function slide(
  drawn: <T>(laid: Layout, use: (svg: SVGSVGElement) => T) => T | null,
  told: Omit<Framing, 'scale' | 'page'>,
): Picture | null {
  const framing = (scale: number): Framing => ({ ...told, scale, page: SLIDE });
  const layout = (scale: number, stretch: number): Layout => ({
    ...{ scale, stretch, width: SLIDE.width - 2 * MARGIN * scale },
  });
  const fits = (laid: Layout): boolean =>
    drawn(laid, ({ width, height }) => {
      const size = { width: width.baseVal.value, height: height.baseVal.value };
      return framed(size, framing(laid.scale)).at.scale === 1;
    }) ?? false;
  /** The first with which it fits: it does with all that are smaller. */
  const first = (factors: readonly number[], laid: (factor: number) => Layout): number => {
    const at = bisector((factor: number) => (fits(laid(factor)) ? 1 : 0)).left(factors, 1);
    return factors[at] ?? factors.at(-1) ?? 1;
  };
  const flattest = FLATTEST.find((factor) => fits(layout(1, factor))) ?? FLATTEST[1];
  const scale = first(SCALES, (factor) => layout(factor, flattest));
  const stretch = first(STRETCHES, (factor) => layout(scale, factor));
  return drawn(layout(scale, stretch), (svg) => picture(svg, framing(scale)));
}
