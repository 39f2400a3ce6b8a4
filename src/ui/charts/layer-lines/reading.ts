import { evenShares } from '../../../number-text.mjs';
import { percentText, plainNumber, type ValueAxis } from '../axis/value-axis.ts';
import { cellForm, type DataTable, type TableCell } from '../figure/data-table.ts';
import { seriesPart, type ReadoutPart } from '../figure/readout.ts';
import { layerName, type NamingFrame } from '../layer-chart/layer-name.ts';
import { t } from '../texts.ts';
import type { LayerPoint, LayerSeries, Level } from './series.ts';

/** What a chart of lines says and tables. */
export interface Lines {
  readonly series: readonly LayerSeries[];
  readonly levels: readonly Level[];
  readonly y: ValueAxis;
}

/** "87.4 % (82.1 % to 91.3 %), n = 100". */
function pointText(point: Omit<LayerPoint, 'layer'>, axis: ValueAxis): string {
  const { value, low, high } = point;
  const alone = axis.format ?? plainNumber;
  if (value === null) return t.noValue;
  const format =
    alone === percentText && low !== undefined && high !== undefined ? evenShares([value, low, high]) : alone;
  const told = format(value);
  const within =
    low !== undefined && high !== undefined ? t.within(told, t.span({ low, high }, format)) : told;
  const counted = point.n === undefined ? within : t.onItems(within, point.n);
  return point.floor === undefined ? counted : t.alone(counted, format(point.floor));
}

/** What the chart says about one layer; the series under the cursor comes with its interval. */
export function layerReadout(
  { series, levels, y }: Lines,
  frame: NamingFrame,
  layer: number | null,
  active: string | null,
): ReadoutPart[] {
  if (layer === null) return [];
  const here = series.flatMap((one): ReadoutPart[] => {
    const point = one.points.find((candidate) => candidate.layer === layer);
    if (!point) return [];
    const strong = one.key === active;
    return [seriesPart(one, pointText(strong ? point : { value: point.value }, y), strong)];
  });
  return [
    { text: layerName(layer, frame), strong: true },
    ...(here.length ? here : [{ text: t.notCovered }]),
    ...levels.map((level) => ({ text: `${level.label} ${pointText(level, y)}` })),
  ];
}

/** One row per layer, one column per series and level, with its interval and count where any point has them. */
export function layerTable({ series, levels, y }: Lines): DataTable {
  const layers = [...new Set(series.flatMap(({ points }) => points.map(({ layer }) => layer)))].sort(
    (a, b) => a - b,
  );
  const { title, format, tabled } = y;
  const all = [
    ...series,
    ...levels.map(({ label, ...level }) => ({ label, points: layers.map((layer) => ({ layer, ...level })) })),
  ];
  const columns = all.flatMap(({ label, points }) => {
    const by = new Map(points.map((point: LayerPoint) => [point.layer, point]));
    const has = (key: 'low' | 'high' | 'n' | 'floor') =>
      [...by.values()].some((point) => point[key] !== undefined);
    const column = (name: string, key: 'value' | 'low' | 'high' | 'n' | 'floor') => ({
      name,
      cell: (layer: number): TableCell => {
        const found = by.get(layer)?.[key] ?? null;
        return found === null || key === 'n' || !tabled ? found : tabled(found);
      },
      text: (layer: number): string | null => {
        const found = by.get(layer)?.[key] ?? null;
        return found === null || key === 'n' || !format ? null : cellForm(format, found);
      },
    });
    return [
      column(t.of(label, title), 'value'),
      ...(has('low')
        ? [column(t.of(label, t.columns.low), 'low'), column(t.of(label, t.columns.high), 'high')]
        : []),
      ...(has('n') ? [column(t.of(label, 'n'), 'n')] : []),
      ...(has('floor') ? [column(t.of(label, t.columns.floor(title)), 'floor')] : []),
    ];
  });
  return {
    columns: [t.columns.layer, ...columns.map(({ name }) => name)],
    rows: layers.map((layer) => [layer, ...columns.map(({ cell }) => cell(layer))]),
    ...(tabled ? { texts: layers.map((layer) => [null, ...columns.map(({ text }) => text(layer))]) } : {}),
  };
}
