/** Tables over many records, worked out where the records were read: what crosses names records by their places. */
import { type GapRow, gapTable } from '../evaluation/perception/gap-table.ts';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import {
  type MetricCell,
  type MetricRow,
  metricTable,
  type SampleOutcome,
} from '../evaluation/tables/metric-table.ts';
import type { Metric } from '../grading/metrics.ts';

const NONE = -1;

/** A cell without its samples: of each the places of its answers, and whether it counts. */
interface WireCell {
  readonly cell: Omit<MetricCell, 'samples'>;
  readonly places: Int32Array;
  readonly counts: Uint8Array;
}

export interface WireRow extends Omit<MetricRow, 'cells'> {
  readonly cells: readonly (readonly [Metric, WireCell])[];
}

/** Both tables of a set of records. */
export interface ResultTables<Row = MetricRow> {
  readonly metrics: readonly Row[];
  readonly gaps: readonly GapRow[];
}

export function tablesToWire(graded: readonly GradedAnswer[], reference: string): ResultTables<WireRow> {
  const places = new Map(graded.map((answer, place) => [answer, place]));
  const metrics = metricTable(graded, reference).map(({ cells, ...row }): WireRow => ({
    ...row,
    cells: Object.values(cells).map((cell) => [cell.metric, cellToWire(cell, places)] as const),
  }));
  return { metrics, gaps: gapTable(graded) };
}

/** @param answers of the records, in the order they were read */
export function tablesFromWire(
  { metrics, gaps }: ResultTables<WireRow>,
  answers: readonly GradedAnswer[],
): ResultTables {
  const rows = metrics.map(({ cells, ...row }): MetricRow => ({
    ...row,
    cells: Object.fromEntries(cells.map(([metric, cell]) => [metric, cellFromWire(cell, answers)])),
  }));
  return { metrics: rows, gaps };
}

function cellToWire({ samples, ...cell }: MetricCell, places: ReadonlyMap<GradedAnswer, number>): WireCell {
  const found = new Int32Array(samples.length * 2).fill(NONE);
  for (const [at, { answers }] of samples.entries()) {
    for (const [side, answer] of answers.entries()) found[at * 2 + side] = places.get(answer) ?? NONE;
  }
  return { cell, places: found, counts: Uint8Array.from(samples, (sample) => (sample.counts ? 1 : 0)) };
}

/** Its samples are put together where they are looked at. */
function cellFromWire({ cell, places, counts }: WireCell, answers: readonly GradedAnswer[]): MetricCell {
  let samples: readonly SampleOutcome[] | undefined;
  return {
    ...cell,
    get samples() {
      return (samples ??= Array.from(counts, (isCounted, at) => {
        const [a, b] = [answers[places[at * 2] as number], answers[places[at * 2 + 1] as number]];
        const own = [a, b].filter((answer) => answer !== undefined);
        const pair = { a: a?.correct ?? false, b: b?.correct ?? false };
        return { id: a?.id ?? '', ...pair, counts: isCounted === 1, answers: own };
      }));
    },
  };
}
