/** What an analysis of models was laid out of, as it is kept with what was measured, and read again. */
import * as v from 'valibot';
import type { Plan } from '../../analyses/plan.ts';
import type { PairSet, Probe, QuestionList } from '../../analyses/probe.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import { toldSettings } from '../../analyses/told-settings.ts';
import { counted } from '../../counted.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { Json } from '../../identity/canonical-json.ts';
import { NamedError } from '../../named-error.ts';
import type { Pair } from '../../probes/data/pair.ts';
import { gonePicture } from '../../probes/data/picture-hash.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { sampleIndices, type SampleChoice } from '../../probes/sampling/choice.ts';
import { TASKS } from '../../probes/task.ts';
import type { SampleSource } from '../../reading/sample-source.ts';
import { count, KEPT_MODEL, keptModel, modelAgain, type ShownModel } from './model.ts';
import type { ShownPart } from './part.ts';
import { refuseTooMany, withGonePictures, withoutPictures } from './samples.ts';

/** No list that is asked here is longer. */
const LARGEST_SET = 1_000_000;

const PAIRS = v.object({
  ...{ name: v.string(), literalImage: v.picklist(['strip', 'keep']), literalImages: v.number() },
  whole: v.exactOptional(v.boolean()),
  drawn: v.custom<Json>(Array.isArray),
  /** How many of each task were not drawn. */
  left: v.record(v.picklist(TASKS), count(LARGEST_SET)),
});
const QUESTIONS = v.object({
  ...{ name: v.string(), count: count(LARGEST_SET), indices: v.array(count(LARGEST_SET)) },
  drawn: v.custom<Json>(Array.isArray),
});
const SHAPE = v.object({
  ...{ models: v.pipe(v.array(KEPT_MODEL), v.minLength(1)), chosen: v.nullable(v.string()) },
  ...{ source: v.string(), values: v.record(v.string(), v.unknown()) },
  reading: v.record(v.string(), v.unknown()),
  samples: v.union([PAIRS, QUESTIONS]),
});

export interface ProbeGiven {
  readonly models: readonly ShownModel[];
  /** Name of the model that is asked, where one is. */
  readonly chosen: string | null;
  /** Which of the page's sets: "pairs", "dropped". */
  readonly source: string;
  readonly values: SettingValues;
  readonly reading: Required<ImageReading>;
  readonly samples: PairSet | QuestionList;
}

/** What a later visit lists and shows measured work by. @throws NamedError `SamplesNotKept` of too many; those of reading pictures */
export async function shownProbe(
  { declaration, words }: Pick<Probe, 'declaration' | 'words'>,
  { identity, cost, samples }: Pick<Plan<unknown, unknown>, 'identity' | 'cost' | 'samples'>,
  given: ProbeGiven,
): Promise<ShownPart> {
  return {
    title: identity.title,
    told: toldSettings(declaration.settings, words.settings, given.values, given.models),
    n: counted(cost.samples, 'sample'),
    given: await keptGiven(given, [...samples.values()]),
  };
}

/**
 * @param drawn the samples that were asked
 * @throws NamedError `SamplesNotKept` of too many; those of reading pictures
 */
export async function keptGiven(
  given: ProbeGiven,
  drawn: readonly unknown[],
): Promise<{ readonly [name: string]: Json }> {
  refuseTooMany(drawn.length);
  return givenWith(given, drawn, await withoutPictures(drawn));
}

/** The same, of samples that are kept already. @param told in place of those drawn */
export function givenWith(
  { models, samples, ...rest }: ProbeGiven,
  drawn: readonly unknown[],
  told: Json,
): { readonly [name: string]: Json } {
  const set =
    'pairs' in samples ? pairsOf(samples, drawn as readonly Pair[]) : questionsOf(samples, rest.values);
  return JSON.parse(
    JSON.stringify({ ...rest, models: models.map(keptModel), samples: { ...set, drawn: told } }),
  ) as { readonly [name: string]: Json };
}

function pairsOf({ name, pairs, literalImage, literalImages, whole }: PairSet, drawn: readonly Pair[]) {
  const asked = new Set(drawn);
  const left = TASKS.map(
    (one) => [one, pairs.filter((pair) => pair.task === one && !asked.has(pair)).length] as const,
  );
  return {
    ...{ name, literalImage, literalImages },
    ...(whole === undefined ? {} : { whole }),
    left: Object.fromEntries(left),
  };
}

function questionsOf({ name, source: { count } }: QuestionList, values: SettingValues) {
  return { name, count, indices: sampleIndices(count, values as unknown as SampleChoice) };
}

/** Null where another version of the app kept it. */
export function givenAgain(kept: Json): (Omit<ProbeGiven, 'reading'> & { readonly reading: object }) | null {
  const { success, output } = v.safeParse(SHAPE, kept);
  if (!success) return null;
  const { models, samples, ...rest } = output;
  return {
    ...rest,
    models: models.map(modelAgain),
    samples: 'left' in samples ? pairsAgain(samples) : questionsAgain(samples),
  };
}

/** Those that were not drawn are counted, and nothing else is known of them. */
function pairsAgain({ drawn, left, ...set }: v.InferOutput<typeof PAIRS>): PairSet {
  const unknown = TASKS.flatMap((task) =>
    Array.from({ length: left[task] ?? 0 }, (): Pair => {
      const [target, source] = [gonePicture(''), gonePicture('')];
      return { ...{ id: '', task, prompt: '', target, source }, targetAnswer: '', sourceAnswer: '' };
    }),
  );
  const { whole, ...rest } = set;
  return {
    ...rest,
    ...(whole === undefined ? {} : { whole }),
    pairs: [...(withGonePictures(drawn) as readonly Pair[]), ...unknown],
  };
}

function questionsAgain({ name, count, indices, drawn }: v.InferOutput<typeof QUESTIONS>): QuestionList {
  const problems = withGonePictures(drawn) as readonly Problem[];
  const source: SampleSource<Problem> = {
    count,
    at: (asked) => {
      const found = asked.flatMap((index) => problems[indices.indexOf(index)] ?? []);
      return found.length === asked.length ? Promise.resolve(found) : Promise.reject(notKept(name));
    },
    close: () => undefined,
  };
  return { name, source };
}

function notKept(name: string): NamedError {
  return new NamedError(
    'SamplesNotKept',
    `of "${name}" only the questions that were asked are kept`,
    {},
    'open the list again to ask others of it',
  );
}
