import * as v from 'valibot';
import { version } from '../../../version.ts';
import { perPoint } from '../figure/per-point.ts';
import { drawnOf, type FigureFacts, figureFacts, type PageFacts } from './figure-facts.ts';

/** What a chart says of itself. */
export interface DrawnFacts {
  readonly title: string;
  readonly description: string;
  readonly finding: string | null;
  readonly sources: readonly string[];
  readonly state: string;
  readonly points: readonly { readonly n?: number }[];
  readonly unit: string;
  /** By its name. */
  readonly interval: string | null;
}

/** What page and chart say, as one block. @throws ValiError where that is no block: a chart without a sentence is no figure */
export function factsOf(page: PageFacts, chart: DrawnFacts, date: Date): FigureFacts {
  const { title, description, finding, sources, state, points, unit, interval } = chart;
  const counts = points.flatMap(({ n }) => n ?? []);
  const { work } = page;
  // Whatever heads the picture, both lines together name the quantity, the work and its models.
  const done = finding === null ? work : `${title}: ${work.charAt(0).toLowerCase()}${work.slice(1)}`;
  return v.parse(figureFacts, {
    ...page,
    title: finding ?? drawnOf(title, page.checkpoints),
    measured: `${[done, perPoint(points, unit)].filter(Boolean).join('; ')}.`,
    definition: description,
    n: counts.length === 0 ? null : { least: Math.min(...counts), most: Math.max(...counts), of: unit },
    ...{ interval, state, version },
    published: [...sources],
    date: date.toISOString(),
  });
}
