/** A study's report: what it found, with its charts as they are drawn here. */
import type { ComponentProps } from 'svelte';
import { Markup } from '../../../report/markup.ts';
import {
  type Report,
  type ReportFigure,
  reportHtml,
  type ReportPaper,
  type ReportPart,
  type ReportTable,
} from '../../../report/report.ts';
import { type ReportWords, words as english } from '../../../report/words.ts';
import type { AnalysisResult } from '../../../study/study-result.ts';
import { titleOf } from '../../analyses/title-of.ts';
import { workWords } from '../../analyses/work-words.ts';
import type { DrawnChart } from '../../charts/export/drawn-charts.ts';
import { factLines } from '../../charts/export/figure-facts.ts';
import { fontRules } from '../../charts/export/fonts.ts';
import { type DataTable, shownCell } from '../../charts/figure/data-table.ts';
import { LANGUAGE_TAGS } from '../../language/language.ts';
import { language, texts } from '../../language/texts.ts';
import { loadPapers } from '../../published/load.ts';
import type { OpenedStudy } from '../../state/opened-study.ts';
import { isOfDemoFamily, modelsOf } from '../findings/found-by.ts';
import { judgedStudy } from '../findings/judged-study.ts';
import { t } from '../texts.ts';
import { citedStudy } from './cited-study.ts';
import type DrawnWork from './DrawnWork.svelte';
import { withDrawnWork } from './drawn-work.ts';

/** In the language that is spoken: a report is in one, words and charts alike. */
const words = texts<ReportWords>('report', english);

type Stores = ComponentProps<typeof DrawnWork>['stores'];

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
  const parts: ReportPart[] = [];
  for (const [at, analysis] of analyses.entries()) {
    told(at, analyses.length);
    parts.push(await drawnPart(stores, study, analysis));
  }
  const report: Omit<Report, 'faces'> = {
    cited: await citedStudy(study),
    build: frankenscope.run.build,
    parts,
    papers: await judgedPapers(study),
    judged: t.findings.models(modelsOf(study.result), isOfDemoFamily(study.result)),
    spec: JSON.stringify(spec, null, 2),
    ...{ lang: LANGUAGE_TAGS[language()], words },
  };
  const without = reportHtml({ ...report, faces: '' });
  return reportHtml({ ...report, faces: await fontRules(without, without) });
}

async function drawnPart(stores: Stores, study: OpenedStudy, analysis: AnalysisResult): Promise<ReportPart> {
  const keys = new Set(analysis.works.map(({ key }) => key));
  const works = study.works.filter((work) => keys.has(work.key) && work.analysis === analysis.name);
  const figures: ReportFigure[] = [];
  const sentences: string[] = [];
  let isShown = works.length > 0;
  for (const work of works) {
    const found = await withDrawnWork(stores, { study, work }, (charts, said) => {
      sentences.push(...said);
      return charts.flatMap((chart) => figureOf(chart) ?? []);
    });
    isShown &&= found !== null;
    figures.push(...(found ?? []));
  }
  const [said] = works.map(workWords);
  return {
    title: said?.title ?? titleOf(analysis.name),
    told: said ? [said.told, said.n].filter(Boolean).join(' · ') : '',
    // Where the records do not say it again, what was said when they were made.
    findings: sentences.length > 0 ? sentences : analysis.findings,
    figures,
    missing: isShown ? '' : t.report.missing,
    works: analysis.works,
  };
}

/** By paper, in the order in which they are told. @throws NamedError `JournalFailed`, `WorkerFailed` */
async function judgedPapers(study: OpenedStudy): Promise<readonly ReportPaper[]> {
  const { judged } = await judgedStudy(study);
  const published = await loadPapers().catch(() => null);
  return [...Map.groupBy(judged, ({ claim }) => claim.paper)].map(([paper, all]) => ({
    title: published?.papers[paper].title ?? paper,
    claims: all.map(({ claim, verdict, sentence }) => ({
      ...{ says: claim.says, where: claim.where, sentence, verdict: t.findings.verdicts[verdict] },
      rule: verdict === 'not testable here' ? t.findings.needs(claim.needs) : claim.rule,
    })),
  }));
}

function figureOf(chart: DrawnChart): ReportFigure | null {
  const facts = chart.facts(new Date());
  const svg = chart.svg();
  if (!facts || !svg) return null;
  const { title, measured, definition, command } = facts;
  svg.setAttribute('viewBox', `0 0 ${svg.width.baseVal.value} ${svg.height.baseVal.value}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', title);
  return {
    ...{ title, measured, definition, command, note: chart.told(), lines: factLines(facts) },
    svg: new Markup(svg.outerHTML),
    table: tableOf(chart.table()),
  };
}

function tableOf(table: DataTable): ReportTable {
  const { columns, rows } = table;
  return {
    columns,
    rows: rows.map((_, row) => columns.map((_, column) => shownCell(table, row, column))),
    numeric: columns.map((_, at) => rows.every((row) => typeof (row[at] ?? 0) === 'number')),
  };
}
