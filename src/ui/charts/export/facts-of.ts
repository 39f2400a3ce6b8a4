import * as v from 'valibot';
import { version } from '../../../version.ts';
import { perPoint } from '../figure/per-point.ts';
import { t } from '../texts.ts';
import { drawnOf, type FigureFacts, figureFacts, type PageFacts, workText } from './figure-facts.ts';

/** What a chart says of itself. */
export interface DrawnFacts {
  readonly title: string;
  readonly description: string;
  readonly finding: string | null;
  /** Which models it draws, by their names; undefined for all. */
  readonly models: readonly string[] | undefined;
  readonly sources: readonly string[];
  readonly state: string;
  readonly points: readonly { readonly n?: number }[];
  readonly unit: string;
  /** By its name. */
  readonly interval: string | null;
}

/** What page and chart say, as one block. @throws ValiError where that is no block: a chart without a sentence is no figure */
export function factsOf(page: PageFacts, chart: DrawnFacts, date: Date): FigureFacts {
  const { title, description, finding, models, sources, state, points, unit, interval } = chart;
  const { done, on, carried: _, ...said } = page;
  const counts = points.flatMap(({ n }) => n ?? []);
  const drawn = page.checkpoints.filter(({ name }) => models?.includes(name) ?? true);
  return v.parse(figureFacts, {
    ...said,
    title: finding ?? drawnOf(title, drawn),
    // Whatever heads the picture, both lines together name the quantity, the work and its models.
    measured: t.facts.measured(
      finding === null ? null : title,
      workText(done, drawn, on),
      perPoint(points, unit),
    ),
    work: workText(done, page.checkpoints, on),
    definition: description,
    n: counts.length === 0 ? null : { least: Math.min(...counts), most: Math.max(...counts), of: unit },
    ...{ interval, state, version },
    published: [...sources],
    date: date.toISOString(),
  });
}
