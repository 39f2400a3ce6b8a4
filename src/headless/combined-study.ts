/** Parts of a study put together: each of its analyses, and all that is made of them, as one run writes it. */
import * as v from 'valibot';
import type { Json } from '../identity/canonical-json.ts';
import { Journals } from '../study/journal/journals.ts';
import { MemoryStorage } from '../study/journal/memory-storage.ts';
import { GivenParts } from '../study/parts/given-parts.ts';
import { refusal, STUDY } from '../study/parts/part-file.ts';
import { runJournalled } from '../study/run-journalled.ts';
import { readStudySpec, type StudyAnalysis } from '../study/spec.ts';
import { combined } from './combined.ts';
import type { CommandContext } from './context.ts';
import type { ModelPlaces, Ran } from './ran.ts';
import { writeStudy } from './study-files.ts';

const GIVEN = v.strictObject({
  spec: v.custom<Json>((value) => value !== undefined),
  file: v.string(),
});

/**
 * Records are kept in memory alone while what is made of them is written.
 *
 * @throws NamedError those of `readStudySpec`, `GivenParts` and `combined`; `NotAPart` of an analysis that the study does not name
 */
export async function combineStudy(context: CommandContext, parts: GivenParts): Promise<void> {
  const { success, output } = v.safeParse(GIVEN, parts.given);
  if (!success) throw refusal('NotAPart', 'what names the study is none of this version', STUDY);
  const spec = readStudySpec(new TextEncoder().encode(JSON.stringify(output.spec)), output.file);
  const journals = new Journals(new MemoryStorage());
  await writeStudy(context, journals, spec, async (analysis) => {
    const ran = await combinedAnalysis(parts, analysis);
    await keep(journals, ran);
    return ran;
  });
}

async function combinedAnalysis(
  parts: GivenParts,
  { declaration, folder, models }: StudyAnalysis,
): Promise<Ran> {
  const { name } = declaration;
  const own = await GivenParts.of(parts.below(folder));
  if (own.command !== name)
    throw refusal('NotAPart', `its parts are of "${own.command}", and the study names "${name}"`, folder);
  const flags = 'models' in declaration ? Object.keys(declaration.models as object) : [];
  const places: ModelPlaces = flags.flatMap((flag) =>
    (models.get(flag) ?? []).map((_, index) => [flag, index] as const),
  );
  return combined(own, places);
}

async function keep(journals: Journals, { records = [] }: Ran): Promise<void> {
  for (const { identity, total, records: found } of records)
    await runJournalled(journals, identity, total, async ({ onRecord }) => {
      for (const [key, record] of found) await onRecord?.(key, record);
    });
}
