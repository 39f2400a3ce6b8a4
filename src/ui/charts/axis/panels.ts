import { middle, type AxisCell, type LayerAxis } from '../../layer-strip/layer-axis.ts';

/** One line of the layer axis with room above it for marks. */
export interface Panel {
  /** Of a chart with several over one axis, what this one shows. */
  readonly name: string;
  readonly cells: readonly AxisCell[];
  /** Pixels of the plot's upper and lower edge. */
  readonly top: number;
  readonly bottom: number;
  /** No covered layer lies in it: a thin hatched band. */
  readonly bare: boolean;
  /** The panel that carries regions. */
  readonly regions: boolean;
  /** Layers are numbered below it. */
  readonly foot: boolean;
}

interface PanelSize {
  /** Room above the first panel, and for names above each. */
  readonly above: number;
  readonly names: number;
  readonly height: number;
  /** Room for ticks below a panel, or for nothing, and below the last one for what else stands there. */
  readonly ticks: number;
  readonly gap: number;
  readonly foot: number;
  /** Height of a bare panel. */
  readonly bare: number;
}

/**
 * The panels of a per-layer chart: one for each name, of one height, or two where the axis is stacked; what is bare is drawn once.
 * `covered` says which layers have a place.
 */
export function layerPanels(
  axis: LayerAxis,
  size: PanelSize,
  covered: (index: number) => boolean,
  names: readonly string[] = [''],
): { panels: Panel[]; height: number } {
  let y = size.above;
  const lines = axis.lines.map((cells) => ({ cells, bare: !cells.some(({ index }) => covered(index)) }));
  const one = lines.filter(({ bare }) => !bare).length < 2;
  const panels = names.flatMap((name, i) =>
    lines.flatMap(({ cells, bare }): Panel[] => {
      if (bare && i > 0) return [];
      const foot = bare || !one || i === names.length - 1;
      const top = y + (bare ? 0 : size.names);
      const bottom = top + (bare ? size.bare : size.height);
      y = bottom + (foot ? size.ticks : size.gap);
      return [{ ...{ name, cells, top, bottom, bare, foot }, regions: cells.some(({ index }) => index > 0) }];
    }),
  );
  return { panels, height: y + size.foot };
}

/** The panel a height belongs to: the one it lies in, else the nearest. */
export function panelAt(panels: readonly Panel[], y: number): Panel | null {
  let best: Panel | null = null;
  const off = ({ top, bottom }: Panel) => Math.max(top - y, y - bottom, 0);
  for (const panel of panels) if (!best || off(panel) < off(best)) best = panel;
  return best;
}

/** x of a layer on a line; null where it is elsewhere. */
export function layerX(cells: readonly AxisCell[], layer: number): number | null {
  const cell = cells.find(({ index }) => index === layer);
  return cell ? middle(cell) : null;
}

/** x halfway between two neighbouring layers of a line; null where either is elsewhere. */
export function seamAfter(cells: readonly AxisCell[], layer: number): number | null {
  const at = cells.findIndex(({ index }) => index === layer);
  const [left, right] = [cells[at], cells[at + 1]];
  return at < 0 || !left || !right ? null : (left.x + left.width + right.x) / 2;
}

/** Neighbouring cells that satisfy `is`, as rectangles' left and right edges; never across sections. */
export function cellRuns(
  cells: readonly AxisCell[],
  is: (index: number) => boolean,
): { x1: number; x2: number }[] {
  const runs: { x1: number; x2: number; section: string; last: number }[] = [];
  cells.forEach((cell, i) => {
    if (!is(cell.index)) return;
    const open = runs.at(-1);
    if (open && open.last === i - 1 && open.section === cell.section) {
      open.x2 = cell.x + cell.width;
      open.last = i;
    } else runs.push({ x1: cell.x, x2: cell.x + cell.width, section: cell.section, last: i });
  });
  return runs.map(({ x1, x2 }) => ({ x1, x2 }));
}
