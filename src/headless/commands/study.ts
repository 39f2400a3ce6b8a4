import { EVALUATIONS, PROBES, UPDATES } from '../../analyses/registry.ts';
import type { Shard } from '../../analyses/shard.ts';
import { partFiles, STUDY } from '../../study/parts/part-file.ts';
import { inTurn } from '../../study/run/run-analysis.ts';
import type { StudySpec } from '../../study/spec.ts';
import type { AnalysisContext, Command, CommandContext } from '../context.ts';
import { ranEvaluation } from '../evaluation-command.ts';
import { givenOf, givenSpec } from '../given-study.ts';
import { ranProbe } from '../probe-command.ts';
import { type Ran, written } from '../ran.ts';
import { writeStudy } from '../study-files.ts';
import { ranUpdates } from '../updates-command.ts';

/**
 * Every analysis that a study names, as its own command runs it: what is read from disk first, since it shows something in seconds. Files
 * of each get their names when it is done; at the end all of it stands in `study.json`, and with its records in one file. A part of it is a
 * part of each of them.
 */
export const run: Command = async (context) => {
  const spec = await givenSpec(context.inputs);
  const shard = context.flags.shard();
  if (shard) await writeParts(context, spec, shard);
  else
    await writeStudy(context, context.journals, spec, (analysis) =>
      ranOf(givenOf(context, spec, analysis), analysis.declaration.name),
    );
  return undefined;
};

async function writeParts(context: CommandContext, spec: StudySpec, shard: Shard): Promise<void> {
  const { notice, out, signal, inputs } = context;
  const turns = inTurn(spec);
  for (const [index, analysis] of turns.entries()) {
    const { declaration, folder } = analysis;
    signal.throwIfAborted();
    notice(`${index + 1} of ${turns.length}: ${folder}`);
    const ran = await ranOf(givenOf(context, spec, analysis), declaration.name);
    await written({ out: { text: (path, text) => out.text(`${folder}/${path}`, text) } }, 'folder', ran);
  }
  const [file] = inputs.list('spec');
  const given = { spec: spec.given, file: file?.name ?? '' };
  const part = { command: STUDY, shard, works: [], records: [], given };
  for (const { path, text } of await partFiles(part)) await out.text(path, text);
}

function ranOf(context: AnalysisContext, name: string): Promise<Ran> {
  const [probe, updates, evaluation] = [PROBES.get(name), UPDATES.get(name), EVALUATIONS.get(name)];
  if (probe) return ranProbe(context, probe);
  if (updates) return ranUpdates(context, updates);
  if (evaluation) return ranEvaluation(context, evaluation);
  throw new TypeError(`no analysis is called "${name}"`);
}
