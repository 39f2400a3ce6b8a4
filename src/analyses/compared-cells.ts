import type { MetricCell, MetricRow } from '../evaluation/tables/metric-table.ts';

/** Cells that have a difference from the reference, with the variant they are of. */
export function comparedCells(
  rows: readonly MetricRow[],
): readonly { readonly name: string; readonly cell: MetricCell }[] {
  return rows.flatMap(({ name, cells }) =>
    Object.values(cells).flatMap((cell) => (cell.against && cell.n > 0 ? [{ name, cell }] : [])),
  );
}
