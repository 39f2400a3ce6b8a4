import { AS_PERCENT, type ValueAxis } from '../axis/value-axis.ts';
import type { DataTable, TableCell } from '../figure/data-table.ts';
import { type AveragedRange, regionMeans } from '../regions/region-means.ts';
import { layerTable, type Lines } from './reading.ts';
import type { LayerSeries, Level, Published } from './series.ts';

interface Column {
  readonly name: string;
  readonly cell: (layer: number) => TableCell;
}

/** Of a share that stands in a column in percent. */
export const inPercent = AS_PERCENT.tabled;

/**
 * The table of a chart of lines as it is exported: what is read (`layerTable`), and every other number that the picture or a sentence beside it
 * says. The mean of a layer's region stands in each row of that region, what is said of all layers in each row.
 *
 * @param parts regions whose means are written out; none where they are not
 */
export function fullLayerTable(
  lines: Lines & { readonly published?: readonly Published[] },
  parts: readonly AveragedRange[] = [],
): DataTable {
  const { series, levels, y, published = [] } = lines;
  const { columns, rows } = layerTable(lines);
  const more = [
    ...(parts.length > 0
      ? [{ name: 'region', cell: (layer: number) => partOf(layer, parts)?.name ?? null }]
      : []),
    ...(parts.length > 0 ? series.flatMap((one) => regionColumns(one, parts, y)) : []),
    ...[...series, ...levels].flatMap(alsoColumns),
    ...published.flatMap((mark) => publishedColumns(mark, y)),
  ];
  return {
    columns: [...columns, ...more.map(({ name }) => name)],
    rows: rows.map((row) => [...row, ...more.map(({ cell }) => cell(Number(row[0])))]),
  };
}

const partOf = (layer: number, parts: readonly AveragedRange[]) =>
  parts.find(({ first, last }) => layer >= first && layer <= last);

/** Mean of the layer's region: with its interval and items, or with the standard deviation between layers and their number. */
function regionColumns(one: LayerSeries, parts: readonly AveragedRange[], y: ValueAxis): Column[] {
  const means = new Map(regionMeans(one, parts).map((mean) => [mean.name, mean]));
  const { title, tabled = (value: number) => value } = y;
  type Found = ReturnType<typeof regionMeans>[number];
  const column = (name: string, of: (mean: Found) => number | null | undefined): Column => ({
    name: `${one.label}, ${name}`,
    cell(layer) {
      const found = means.get(partOf(layer, parts)?.name ?? '');
      return (found && of(found)) ?? null;
    },
  });
  const scaled = (value: number | null | undefined) => (typeof value === 'number' ? tabled(value) : null);
  return [
    column(`mean of region, ${title}`, ({ mean }) => tabled(mean)),
    ...(one.pooled
      ? [
          column('mean of region, low', ({ interval }) => scaled(interval?.low)),
          column('mean of region, high', ({ interval }) => scaled(interval?.high)),
          column('mean of region, n', ({ n }) => n),
        ]
      : [
          column('mean of region, standard deviation', ({ deviation }) => scaled(deviation)),
          column('mean of region, layers', ({ layers }) => layers),
        ]),
  ];
}

/** What sentences say of layers, or of all of them. */
function alsoColumns(one: LayerSeries | Level): Column[] {
  const by = new Map('points' in one ? one.points.map(({ layer, also }) => [layer, also]) : []);
  const names = new Set([one.also, ...by.values()].flatMap((also) => Object.keys(also ?? {})));
  return [...names].map((name) => ({
    name: `${one.label}, ${name}`,
    cell: (layer) => by.get(layer)?.[name] ?? one.also?.[name] ?? null,
  }));
}

/** Where a published mark stands, and its number where it has one. */
function publishedColumns(mark: Published, { title, tabled = (value) => value }: ValueAxis): Column[] {
  const numbers: Readonly<Record<string, number>> =
    mark.kind === 'peak'
      ? { layer: mark.layer, ...(mark.value === undefined ? {} : { [title]: tabled(mark.value) }) }
      : mark.kind === 'span'
        ? { 'first layer': mark.first, 'last layer': mark.last }
        : { low: tabled(mark.low), high: tabled(mark.high) };
  return Object.entries(numbers).map(([name, value]) => ({
    name: [mark.panel, mark.label, name].filter(Boolean).join(', '),
    cell: () => value,
  }));
}
