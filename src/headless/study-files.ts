/** What a study writes of its analyses, run here or put together of parts: files of each, `study.json`, one file of all, and a report. */
import { claimsOfRun, type RunAnalysis } from '../claims/claims-of-run.ts';
import { workKey } from '../identity/work-identity.ts';
import { named } from '../named.ts';
import { isRole, ROLE_LABELS } from '../roles.mjs';
import type { Journals } from '../study/journal/journals.ts';
import { analysisResult, inTurn } from '../study/run/run-analysis.ts';
import type { StudyAnalysis, StudySpec } from '../study/spec.ts';
import { packedStudy, STUDY_FILE } from '../study/study-file.ts';
import type { AnalysisResult, StudyResult } from '../study/study-result.ts';
import { version } from '../version.ts';
import { joinedBytes } from '../work/bytes.ts';
import { buildName } from '../work/modules.ts';
import type { CommandContext } from './context.ts';
import { placeIn } from './given-study.ts';
import type { Placed, Ran } from './ran.ts';

/**
 * @param journals hold the records of what `ranOf` gives
 * @param ranOf an analysis, in the order in which they are run
 */
export async function writeStudy(
  context: CommandContext,
  journals: Journals,
  spec: StudySpec,
  ranOf: (analysis: StudyAnalysis) => Promise<Ran>,
): Promise<void> {
  const { notice, out, signal } = context;
  const turns = inTurn(spec);
  const results = new Map<StudyAnalysis, AnalysisResult>();
  const judgedBy: RunAnalysis[] = [];
  for (const [index, analysis] of turns.entries()) {
    signal.throwIfAborted();
    notice(`${index + 1} of ${turns.length}: ${analysis.folder}`);
    const ran = await ranOf(analysis);
    results.set(analysis, await resultOf(context, journals, spec, analysis, ran, judgedBy));
  }
  const study: StudyResult = {
    ...{ spec: spec.given, name: spec.name },
    analyses: spec.analyses.flatMap((analysis) => results.get(analysis) ?? []),
    claims: await claimsOfRun(journals, judgedBy),
    frankenscope: { version, run: { build: buildName() } },
  };
  await out.json('study.json', study);
  await (await packedStudy(journals.study(study))).pipeTo(await out.create(STUDY_FILE));
  await writeReport(context, journals, study);
}

/** Beside what was measured, and no part of it: where it cannot be drawn, that is told. */
async function writeReport(
  { engine, out, notice }: CommandContext,
  journals: Journals,
  study: StudyResult,
): Promise<void> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of journals.study(study)) pieces.push(piece);
  const drawn = import('../ui/app/study-report.ts').then(({ reportOfStudy }) =>
    reportOfStudy(engine, joinedBytes(pieces)),
  );
  const html = await drawn.catch((reason: unknown) => {
    const { name, what, remedy } = named(reason);
    notice(`no report: ${name}, ${what}; ${remedy}`);
    return null;
  });
  if (html !== null) await out.text('report.html', html);
}

async function resultOf(
  { out, notice }: CommandContext,
  journals: Journals,
  spec: StudySpec,
  analysis: StudyAnalysis,
  ran: Ran,
  judgedBy: RunAnalysis[],
): Promise<AnalysisResult> {
  const { declaration, folder, models } = analysis;
  const files: string[] = [];
  for (const { path, text } of ran.files) {
    files.push(`${folder}/${path}`);
    await out.text(`${folder}/${path}`, text);
  }
  for (const file of files) await out.finish(file);
  const placed: Placed = (flag, index) => {
    const name = models.get(flag)?.[index] ?? '';
    return { label: isRole(name) ? ROLE_LABELS[name] : name, place: placeIn(spec, name) };
  };
  const part = await ran.shown(placed);
  const [first] = ran.works;
  const { name } = declaration;
  if (part && first) await journals.keepShown(first, name, part);
  judgedBy.push({
    name,
    work: part && first ? { ...part, key: await workKey(first), kind: first.kind, analysis: name } : null,
    ...(ran.graded ? { graded: ran.graded } : {}),
  });
  for (const sentence of ran.findings) notice(sentence);
  return analysisResult(analysis, { works: ran.works, files, findings: [...ran.findings] });
}
