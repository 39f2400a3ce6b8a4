import * as v from 'valibot';
import { version } from '../../../version.ts';
import { type FigureFacts, figureFacts, type PageFacts } from './figure-facts.ts';

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
  return v.parse(figureFacts, {
    ...page,
    title: finding ?? `${title}: ${page.work.charAt(0).toLowerCase()}${page.work.slice(1)}.`,
    definition: description,
    n: counts.length === 0 ? null : { least: Math.min(...counts), most: Math.max(...counts), of: unit },
    ...{ interval, state, version },
    published: [...sources],
    date: date.toISOString(),
  });
}
