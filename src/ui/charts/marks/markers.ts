import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  type SymbolType,
} from 'd3';

const SHAPES = {
  circle: symbolCircle,
  square: symbolSquare,
  triangle: symbolTriangle,
  diamond: symbolDiamond,
  cross: symbolCross,
  star: symbolStar,
} as const satisfies Record<string, SymbolType>;

export type MarkerShape = keyof typeof SHAPES;

/** In the order in which series of one colour take them. */
const MARKER_SHAPES = Object.keys(SHAPES) as readonly MarkerShape[];

/** The marker of the series at `index`, so that colour is not alone in telling lines apart. */
export function markerAt(index: number): MarkerShape {
  return MARKER_SHAPES[index % MARKER_SHAPES.length] ?? 'circle';
}

/** Shapes of equal area look unequal: what each is multiplied by to look as large as the circle. */
const AREA: Readonly<Record<MarkerShape, number>> = {
  circle: 1,
  square: 0.95,
  triangle: 0.9,
  diamond: 0.85,
  cross: 0.9,
  star: 0.8,
};

/** Path of a marker about (0, 0), as large as a circle of `radius` pixels. */
export function markerPath(shape: MarkerShape, radius: number): string {
  const area = Math.PI * radius ** 2 * AREA[shape];
  return symbol(SHAPES[shape], area).digits(2)() ?? '';
}
