/** A study's report: what it found, with its charts as they are drawn here. */
import type { ComponentProps } from 'svelte';
import type { CitedModel } from '../../../citation.ts';
import { Markup } from '../../../report/markup.ts';
import {
  type Report,
  type ReportFigure,
  reportHtml,
  type ReportPart,
  type ReportTable,
} from '../../../report/report.ts';
import type { AnalysisResult } from '../../../study/study-result.ts';
import type { DrawnChart } from '../../charts/export/drawn-charts.ts';
import { type FigureFacts, factLines } from '../../charts/export/figure-facts.ts';
import { fontRules } from '../../charts/export/fonts.ts';
import { type DataTable, shownCell } from '../../charts/figure/data-table.ts';
import type { OpenedStudy } from '../../state/opened-study.ts';
import type DrawnWork from './DrawnWork.svelte';
import { withDrawnWork } from './drawn-work.ts';

type Stores = ComponentProps<typeof DrawnWork>['stores'];

/** What makes a study's numbers, where its file is saved so. */
const COMMAND = 'npm run -s headless -- study --spec study.json --out study';

interface Drawn {
  readonly facts: readonly FigureFacts[];
  readonly part: ReportPart;
  readonly made: string;
}

/**
 * The report as one HTML file.
 *
 * @param told how many of so many analyses are drawn
 * @throws NamedError `NothingDrawn`, `JournalFailed`
 */
export async function studyReport(
  stores: Stores,
  study: OpenedStudy,
  told: (done: number, total: number) => void = () => undefined,
): Promise<string> {
  const { analyses, spec, frankenscope } = study.result;
  const drawn: Drawn[] = [];
  for (const [at, analysis] of analyses.entries()) {
    told(at, analyses.length);
    drawn.push(await drawnPart(stores, study, analysis));
  }
  const report: Omit<Report, 'faces'> = {
    name: study.name,
    version: frankenscope.version,
    build: frankenscope.run.build,
    date: drawn.map(({ made }) => made).reduce((one, other) => (one > other ? one : other), ''),
    models: modelsOf(drawn.flatMap(({ facts }) => facts)),
    parts: drawn.map(({ part }) => part),
    spec: JSON.stringify(spec, null, 2),
    command: COMMAND,
  };
  const without = reportHtml({ ...report, faces: '' });
  return reportHtml({ ...report, faces: await fontRules(without, without) });
}

async function drawnPart(stores: Stores, study: OpenedStudy, analysis: AnalysisResult): Promise<Drawn> {
  const keys = new Set(analysis.works.map(({ key }) => key));
  const works = study.works.filter(({ key }) => keys.has(key));
  const figures: ReportFigure[] = [];
  const facts: FigureFacts[] = [];
  const sentences: string[] = [];
  let isShown = works.length > 0;
  for (const work of works) {
    const found = await withDrawnWork(stores, { study, work }, (charts, said) => {
      sentences.push(...said);
      return charts.flatMap((chart) => figureOf(chart) ?? []);
    });
    isShown &&= found !== null;
    for (const one of found ?? []) {
      figures.push(one.figure);
      facts.push(one.facts);
    }
  }
  const [first] = works;
  const origins = await Promise.all([...keys].map((key) => study.journals.origin(key)));
  return {
    facts,
    part: {
      title: first?.title ?? analysis.folder,
      told: first ? [first.told, first.n].filter(Boolean).join(' · ') : '',
      // Where the records do not say it again, what was said when they were made.
      findings: sentences.length > 0 ? sentences : analysis.findings,
      figures,
      missing: isShown
        ? ''
        : 'Its charts are not drawn: what they need is not kept with the study, or another version of the app measured it.',
      works: analysis.works,
    },
    made: origins.reduce((latest, origin) => ((origin?.at ?? '') > latest ? (origin?.at ?? '') : latest), ''),
  };
}

function figureOf(chart: DrawnChart): { readonly figure: ReportFigure; readonly facts: FigureFacts } | null {
  const facts = chart.facts(new Date());
  const svg = chart.svg();
  if (!facts || !svg) return null;
  const { title, measured, definition, command } = facts;
  svg.setAttribute('viewBox', `0 0 ${svg.width.baseVal.value} ${svg.height.baseVal.value}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', title);
  const figure: ReportFigure = {
    ...{ title, measured, definition, command, note: chart.told(), lines: factLines(facts) },
    svg: new Markup(svg.outerHTML),
    table: tableOf(chart.table()),
  };
  return { figure, facts };
}

function tableOf(table: DataTable): ReportTable {
  const { columns, rows } = table;
  return {
    columns,
    rows: rows.map((_, row) => columns.map((_, column) => shownCell(table, row, column))),
    numeric: columns.map((_, at) => rows.every((row) => typeof (row[at] ?? 0) === 'number')),
  };
}

/** Each once, in the order in which charts name them. */
function modelsOf(facts: readonly FigureFacts[]): readonly CitedModel[] {
  const all = facts.flatMap(({ checkpoints }) => checkpoints);
  return [...new Map(all.map((one) => [`${one.name} ${one.fingerprint}`, one])).values()];
}
