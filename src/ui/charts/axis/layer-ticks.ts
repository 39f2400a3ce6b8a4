import { middle, type AxisCell } from '../../layer-strip/layer-axis.ts';

/** Every how many layers the axis is numbered, between its ends. */
const EVERY = [5, 10, 20] as const;

/**
 * The layers whose index is written under a chart: the ends of each section first, then fives or tens where
 * there is room (`room` pixels between neighbours). A lit layer is always written and takes the place it needs.
 */
export function layerTicks(line: readonly AxisCell[], room: number, lit: number | null): AxisCell[] {
  const first = line[0];
  const last = line.at(-1);
  if (!first || !last) return [];
  const at = (index: number) => line.filter((cell) => cell.index === index);
  const llm = line.filter(({ index }) => index > 0);
  const step = llm[0]?.step ?? first.step;
  const every = EVERY.find((n) => n * step >= 1.6 * room) ?? EVERY[2];
  const ends = [first, last].map(({ index }) => index);
  const wanted = [
    ...(lit === null ? [] : at(lit)),
    last,
    ...at(0),
    ...at(1),
    first,
    // Next to an end it would tell nothing more.
    ...line.filter(
      ({ index }) => index !== 0 && index % every === 0 && ends.every((end) => Math.abs(end - index) !== 1),
    ),
  ];
  const kept: AxisCell[] = [];
  for (const cell of wanted) {
    if (kept.every((other) => Math.abs(middle(other) - middle(cell)) >= room)) kept.push(cell);
  }
  return kept.sort((a, b) => a.index - b.index);
}
