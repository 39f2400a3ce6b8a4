import { plainNumber, type ValueAxis } from '../axis/value-axis.ts';
import type { DataTable, TableCell } from '../figure/data-table.ts';
import { seriesPart, type ReadoutPart } from '../figure/readout.ts';
import { layerName, type NamingFrame } from '../layer-chart/layer-name.ts';
import type { LayerPoint, LayerSeries } from './series.ts';

/** "87.4 % (82.1 % to 91.3 %), n = 100". */
function pointText(point: LayerPoint, axis: ValueAxis): string {
  const format = axis.format ?? plainNumber;
  if (point.value === null) return 'no value';
  const interval =
    point.low !== undefined && point.high !== undefined
      ? ` (${format(point.low)} to ${format(point.high)})`
      : '';
  const floor = point.floor === undefined ? '' : `, rounding alone ${format(point.floor)}`;
  return `${format(point.value)}${interval}${point.n === undefined ? '' : `, n = ${point.n}`}${floor}`;
}

/** What the chart says about one layer; the series under the cursor comes first. */
export function layerReadout(
  series: readonly LayerSeries[],
  frame: NamingFrame,
  layer: number | null,
  active: string | null,
  left: ValueAxis,
  right: ValueAxis | null,
): ReadoutPart[] {
  if (layer === null) return [];
  const here = series.flatMap((one): ReadoutPart[] => {
    const point = one.points.find((candidate) => candidate.layer === layer);
    if (!point) return [];
    const axis = one.axis === 'right' && right ? right : left;
    const strong = one.key === active;
    return [seriesPart(one, pointText(strong ? point : { layer, value: point.value }, axis), strong)];
  });
  return [
    { text: layerName(layer, frame), strong: true },
    ...(here.length ? here : [{ text: 'not covered' }]),
  ];
}

/** One row per layer, one column per series, with its interval and count where any point has them. */
export function layerTable(
  series: readonly LayerSeries[],
  left: ValueAxis,
  right: ValueAxis | null,
): DataTable {
  const layers = [...new Set(series.flatMap(({ points }) => points.map(({ layer }) => layer)))].sort(
    (a, b) => a - b,
  );
  const columns = series.flatMap((one) => {
    const { title, tabled = (value) => value } = one.axis === 'right' && right ? right : left;
    const has = (key: 'low' | 'high' | 'n' | 'floor') => one.points.some((point) => point[key] !== undefined);
    const by = new Map(one.points.map((point) => [point.layer, point]));
    const column = (name: string, key: 'value' | 'low' | 'high' | 'n' | 'floor') => ({
      name,
      cell: (layer: number): TableCell => {
        const found = by.get(layer)?.[key] ?? null;
        return found === null || key === 'n' ? found : tabled(found);
      },
    });
    return [
      column(`${one.label}, ${title}`, 'value'),
      ...(has('low') ? [column(`${one.label}, low`, 'low'), column(`${one.label}, high`, 'high')] : []),
      ...(has('n') ? [column(`${one.label}, n`, 'n')] : []),
      ...(has('floor') ? [column(`${one.label}, rounding alone, ${title}`, 'floor')] : []),
    ];
  });
  return {
    columns: ['layer', ...columns.map(({ name }) => name)],
    rows: layers.map((layer) => [layer, ...columns.map(({ cell }) => cell(layer))]),
  };
}
