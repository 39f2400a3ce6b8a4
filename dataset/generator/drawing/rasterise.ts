import { resizeBicubic } from '../../../src/vlm/bicubic.ts';
import { toEllipse, toPolygon, toPolylines, type Distance } from './distance.ts';
import { CANVAS, type Box, type Drawing, type Mark, type Point, type Rgb } from './drawing.ts';

/**
 * Steps of a pixel's coverage. Coarse on purpose: engines may differ in the last bit of a sine, the picture must not;
 * and few colours make small files.
 */
const STEPS = 8;

/**
 * A drawing as interleaved 8-bit RGB, `size` × `size`, antialiased. The canvas fills the picture at every size.
 */
export function rasterise({ background, marks }: Drawing, size: number): Uint8Array {
  const rgb = new Uint8Array(size * size * 3);
  rgb.set(background);
  // Each copy doubles what is there.
  for (let filled = 3; filled < rgb.length; filled *= 2) rgb.copyWithin(filled, 0, filled);
  const scale = size / CANVAS;
  for (const mark of marks) paint(rgb, size, scale, mark);
  return rgb;
}

/**
 * What a model's processor makes of the picture at full size: rendered at the canvas' own size, then scaled down as
 * Pillow does (antialiased bicubic).
 */
export function rasteriseThenResize(drawing: Drawing, size: number): Uint8Array {
  return resizeBicubic(rasterise(drawing, CANVAS), CANVAS, CANVAS, size, size);
}

function paint(rgb: Uint8Array, size: number, scale: number, mark: Mark): void {
  const distance = distanceTo(mark);
  const outline = mark.kind === 'strokes' ? undefined : mark.outline;
  const [x1, y1, x2, y2] = reach(mark);
  const [left, top] = [Math.max(0, Math.floor(x1 * scale - 1)), Math.max(0, Math.floor(y1 * scale - 1))];
  const [right, bottom] = [
    Math.min(size, Math.ceil(x2 * scale + 1)),
    Math.min(size, Math.ceil(y2 * scale + 1)),
  ];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const away = distance((column + 0.5) / scale, (row + 0.5) / scale);
      const covered = coverage(away * scale);
      if (covered === 0) continue;
      const at = (row * size + column) * 3;
      blend(rgb, at, outline?.colour ?? mark.fill, covered);
      if (outline) blend(rgb, at, mark.fill, coverage((away + outline.width) * scale));
    }
  }
}

/** Share of a pixel inside, from the signed distance of its centre in pixels. */
function coverage(distance: number): number {
  return Math.round(Math.min(1, Math.max(0, 0.5 - distance)) * STEPS) / STEPS;
}

function blend(rgb: Uint8Array, at: number, [red, green, blue]: Rgb, share: number): void {
  rgb[at] = mixed(rgb[at] ?? 0, red, share);
  rgb[at + 1] = mixed(rgb[at + 1] ?? 0, green, share);
  rgb[at + 2] = mixed(rgb[at + 2] ?? 0, blue, share);
}

function mixed(below: number, above: number, share: number): number {
  return Math.round(below + (above - below) * share);
}

function distanceTo(mark: Mark): Distance {
  if (mark.kind === 'polygon') return toPolygon(mark.points);
  if (mark.kind === 'ellipse') return toEllipse(mark.box);
  const centre = toPolylines(mark.lines);
  const half = mark.width / 2;
  return (x, y) => centre(x, y) - half;
}

/** The box outside of which a mark paints nothing. */
function reach(mark: Mark): Box {
  if (mark.kind === 'ellipse') return mark.box;
  const points: readonly Point[] = mark.kind === 'polygon' ? mark.points : mark.lines.flat();
  const margin = mark.kind === 'strokes' ? mark.width / 2 : 0;
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [
    Math.min(...xs) - margin,
    Math.min(...ys) - margin,
    Math.max(...xs) + margin,
    Math.max(...ys) + margin,
  ];
}
