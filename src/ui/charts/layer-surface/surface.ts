import { sectionOf } from '../../../layer-index.ts';
import type { GridRows, LayerGrid } from '../layer-heat-map/grid.ts';
import type { BoxPoint, Projected } from './projection.ts';

/** What is painted, far things first. */
interface Primitive {
  readonly kind: 'quad' | 'line';
  readonly d: string;
  readonly depth: number;
  /** Mean value of a quad; the marked row of a line. */
  readonly value: number;
}

/** Rows drawn at most: more are finer than a pixel at the far end. */
const MOST_ROWS = 26;
/** Lines are painted over the quads they border. */
const NEARER = 0.02;

/** The rows of a surface: about evenly spread, with both ends and every marked one. */
export function surfaceRows(rows: GridRows, marked: readonly number[]): number[] {
  const last = rows.first + rows.count - 1;
  const step = Math.max(1, Math.ceil((rows.count - 1) / (MOST_ROWS - 1)));
  const even = Array.from({ length: Math.ceil(rows.count / step) }, (_, i) => rows.first + i * step);
  const inside = marked.filter((row) => row >= rows.first && row <= last);
  return [...new Set([...even, ...inside, last])].sort((a, b) => a - b);
}

/** Places of layers and rows in the box. Layers stand in the order of the axis. The first row is at
 * the back: there values are largest, and would hide the rest. */
export function boxPlaces(
  layers: readonly number[],
  rows: GridRows,
): { layer: (index: number) => number; row: (row: number) => number } {
  const at = new Map(layers.map((index, i) => [index, i]));
  const across = Math.max(1, layers.length - 1);
  return {
    layer: (index) => (2 * (at.get(index) ?? 0)) / across - 1,
    row: (row) => 1 - (2 * (row - rows.first)) / Math.max(1, rows.count - 1),
  };
}

/**
 * The surface as polygons and lines in the painter's order (far first). Neighbouring layers of one section are
 * joined; sections are not, nor are places without a value.
 */
export function surfacePrimitives(
  grid: LayerGrid,
  rows: GridRows,
  marked: readonly number[],
  domain: readonly [number, number],
  project: (point: BoxPoint) => Projected,
): Primitive[] {
  const layers = [...grid.keys()].sort((a, b) => a - b);
  const place = boxPlaces(layers, rows);
  const drawn = surfaceRows(rows, marked);
  const points = new Map(
    layers.map((index) => {
      const column = grid.get(index) ?? [];
      const projected = drawn.map((row) => {
        const value = column[row - rows.first] ?? null;
        if (value === null || !Number.isFinite(value)) return null;
        const share = Math.min(1, Math.max(0, (value - domain[0]) / (domain[1] - domain[0])));
        return { value, ...project({ layer: place.layer(index), rank: place.row(row), height: share }) };
      });
      return [index, projected] as const;
    }),
  );
  const found: Primitive[] = [];
  const xy = ({ x, y }: Projected) => `${x.toFixed(1)},${y.toFixed(1)}`;
  layers.forEach((index, i) => {
    const next = layers[i + 1];
    if (next === undefined || sectionOf(next) !== sectionOf(index)) return;
    const [here, there] = [points.get(index) ?? [], points.get(next) ?? []];
    drawn.forEach((row, r) => {
      const [a, b, c, d] = [here[r], there[r], there[r + 1], here[r + 1]];
      if (a && b && c && d) {
        const corners = [a, b, c, d];
        found.push({
          kind: 'quad',
          d: `M${corners.map(xy).join('L')}Z`,
          depth: corners.reduce((sum, { depth }) => sum + depth, 0) / 4,
          value: corners.reduce((sum, { value }) => sum + value, 0) / 4,
        });
      }
      if (a && b && marked.includes(row)) {
        const depth = (a.depth + b.depth) / 2 - NEARER;
        found.push({ kind: 'line', d: `M${xy(a)}L${xy(b)}`, depth, value: row });
      }
    });
  });
  return found.sort((p, q) => q.depth - p.depth);
}
