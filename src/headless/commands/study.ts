import { EVALUATIONS, PROBES, UPDATES } from '../../analyses/registry.ts';
import { claimsOfRun, type RunAnalysis } from '../../claims/claims-of-run.ts';
import { isRole, ROLE_LABELS } from '../../roles.mjs';
import type { AnalysisResult, StudyResult } from '../../study/study-result.ts';
import { packedStudy, STUDY_FILE } from '../../study/study-file.ts';
import { analysisResult, inTurn } from '../../study/run/run-analysis.ts';
import type { StudyAnalysis, StudySpec } from '../../study/spec.ts';
import { version } from '../../version.ts';
import { joinedBytes } from '../../work/bytes.ts';
import { named } from '../../named.ts';
import { buildName } from '../../work/modules.ts';
import { workKey } from '../../identity/work-identity.ts';
import type { AnalysisContext, Command, CommandContext } from '../context.ts';
import { ranEvaluation } from '../evaluation-command.ts';
import { givenOf, givenSpec, placeIn } from '../given-study.ts';
import { ranProbe } from '../probe-command.ts';
import type { Placed, Ran } from '../ran.ts';
import { ranUpdates } from '../updates-command.ts';

/**
 * Every analysis that a study names, as its own command runs it: what is read from disk first, since it shows something in seconds. Files
 * of each get their names when it is done; at the end all of it stands in `study.json`, and with its records in one file.
 */
export const run: Command = async (context) => {
  const { journals, notice, out, signal } = context;
  const spec = await givenSpec(context.inputs);
  const turns = inTurn(spec);
  const results = new Map<StudyAnalysis, AnalysisResult>();
  const judgedBy: RunAnalysis[] = [];
  for (const [index, analysis] of turns.entries()) {
    signal.throwIfAborted();
    notice(`${index + 1} of ${turns.length}: ${analysis.folder}`);
    results.set(analysis, await resultOf(context, spec, analysis, judgedBy));
  }
  const study: StudyResult = {
    ...{ spec: spec.given, name: spec.name },
    analyses: spec.analyses.flatMap((analysis) => results.get(analysis) ?? []),
    claims: await claimsOfRun(journals, judgedBy),
    frankenscope: { version, run: { build: buildName() } },
  };
  await out.json('study.json', study);
  await (await packedStudy(context.journals.study(study))).pipeTo(await out.create(STUDY_FILE));
  await writeReport(context, study);
  return undefined;
};

/** Beside what was measured, and no part of it: where it cannot be drawn, that is told. */
async function writeReport(
  { engine, journals, out, notice }: CommandContext,
  study: StudyResult,
): Promise<void> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of journals.study(study)) pieces.push(piece);
  const drawn = import('../../ui/app/study-report.ts').then(({ reportOfStudy }) =>
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
  context: CommandContext,
  spec: StudySpec,
  analysis: StudyAnalysis,
  judgedBy: RunAnalysis[],
): Promise<AnalysisResult> {
  const { out, journals, notice } = context;
  const { declaration, folder, models } = analysis;
  const ran = await ranOf(givenOf(context, spec, analysis), declaration.name);
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

function ranOf(context: AnalysisContext, name: string): Promise<Ran> {
  const [probe, updates, evaluation] = [PROBES.get(name), UPDATES.get(name), EVALUATIONS.get(name)];
  if (probe) return ranProbe(context, probe);
  if (updates) return ranUpdates(context, updates);
  if (evaluation) return ranEvaluation(context, evaluation);
  throw new TypeError(`no analysis is called "${name}"`);
}
