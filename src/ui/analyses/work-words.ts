/** How kept work is listed: in English as it was kept, but for the names of folders; in another language of what it was laid out of. */
import * as v from 'valibot';
import { EVALUATIONS, PROBES, UPDATES } from '../../analyses/registry.ts';
import type { ValuesOf } from '../../analyses/declaration.ts';
import { defaultValues } from '../../analyses/setting-values.ts';
import { EVALUATED } from '../../analyses/shared-settings.mjs';
import type { KeptWork } from '../../study/journal/kept-work.ts';
import { settingsInWords } from '../../study/journal/kept-work-text.ts';
import { KEPT_MODEL } from '../../study/shown/model.ts';
import { questionsTold } from '../../study/shown/questions-told.ts';
import { t as evaluated } from '../evaluation/texts.ts';
import { language } from '../language/texts.ts';
import type { ListedWork } from '../state/shown-part.ts';
import { t } from './texts.ts';
import { told } from './told.ts';
import { wordsOf } from './words-of.ts';

const VALUES = v.record(v.string(), v.unknown());
const ASKED = v.object({
  ...{ models: v.array(KEPT_MODEL), chosen: v.nullable(v.string()), values: VALUES },
  samples: v.object({ name: v.string() }),
});
const COMPARED = v.object({
  values: VALUES,
  checkpoints: v.array(
    v.object({ shown: v.object({ label: v.string() }), rest: v.object({ name: v.string() }) }),
  ),
});
const ANSWERED = v.object({
  ...{ models: v.array(KEPT_MODEL), values: VALUES, stitch: v.optional(v.unknown()) },
  sets: v.nullable(v.object({ name: v.string() })),
});

type WorkWords = Pick<ListedWork, 'title' | 'told' | 'n'>;

/** Title, settings and n, as it is listed. */
export function workWords(work: ListedWork): WorkWords {
  const { told, n } = work;
  return (language() === 'en' ? null : saidAgain(work)) ?? { title: labelled(work), told, n };
}

/** The title that it was kept under, with the names that charts have of what was compared in place of those of folders. */
function labelled({ title, given }: ListedWork): string {
  if (!v.is(COMPARED, given)) return title;
  const { checkpoints } = given;
  const names = checkpoints.map(({ rest }) => rest.name).join(', ');
  return title.replace(names, () => checkpoints.map(({ shown }) => shown.label).join(', '));
}

/**
 * The same of what the storage holds, whether or not a page lists it; its settings are what told is. Answers lie together whoever asked
 * them: those stay as they were kept.
 */
export function keptWords(work: KeptWork, listed: readonly ListedWork[]): Omit<WorkWords, 'n'> {
  const { kind, key, title, settings } = work;
  const shown = listed.find((one) => one.key === key && one.analysis === kind);
  if (language() !== 'en' && shown) return workWords(shown);
  return { title, told: settingsInWords(settings) };
}

/** Null of what another version of the app kept. */
function saidAgain({ analysis, given, n }: ListedWork): WorkWords | null {
  const [probe, updates] = [PROBES.get(analysis), UPDATES.get(analysis)];
  const count = Number(n.replace(/\D/g, ''));
  if (probe && v.is(ASKED, given)) {
    const { models, chosen, values, samples } = given;
    const asked = models.filter(({ label }) => chosen === null || label === chosen);
    return {
      title: t.work.of(wordsOf(probe).title, labels(asked), samples.name),
      told: told(probe, values, asked as unknown as Parameters<typeof told>[2]),
      n: t.work.n.samples(count),
    };
  }
  if (updates && v.is(COMPARED, given)) {
    const { values, checkpoints } = given;
    const title = t.work.of(wordsOf(updates).title, labels(checkpoints.map(({ shown }) => shown)), null);
    const { weights } = values;
    return {
      title: typeof weights === 'string' ? t.work.part(title, weights) : title,
      told: told(updates, values),
      n: t.work.n.tensors(count),
    };
  }
  const evaluation = EVALUATIONS.get(analysis);
  if (evaluation && v.is(ANSWERED, given)) {
    const { models, values, sets, stitch } = given;
    const name = sets?.name ?? null;
    const asked = { ...defaultValues(EVALUATED), ...values } as ValuesOf<typeof EVALUATED>;
    const by = questionsTold(name, asked, evaluated.told);
    return {
      title: t.work.of(wordsOf(evaluation).title, labels(models), name ?? evaluated.told.demoSets),
      told: stitch ? `${by} · ${t.work.withStitch}` : by,
      n: t.work.n.answers(count),
    };
  }
  return null;
}

const labels = (models: readonly { readonly label: string }[]): string =>
  t.setting.several(models.map(({ label }) => label));
