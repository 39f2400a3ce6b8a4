import * as v from 'valibot';
import { modelText } from '../../../citation.ts';
import { slug } from '../../../slug.ts';
import { t } from '../texts.ts';

const text = v.pipe(v.string(), v.minLength(1));
const sentence = v.pipe(v.string(), v.regex(/[.!?。！？]$/));

const checkpoint = v.strictObject({
  /** As results have it: "IN". */
  name: text,
  /** Of its folder, or "demo:in". */
  folder: text,
  /** SHA-256 (`src/checkpoint/fingerprint.ts`); null where an opened result names none. */
  fingerprint: v.nullable(text),
});

const shared = {
  /** Of the command and of file names: "swap". */
  analysis: v.pipe(v.string(), v.regex(/^[a-z-]+$/)),
  /** The section of docs/method.md that defines it: "§2". */
  method: v.pipe(v.string(), v.regex(/^§\d+(\.\d+)?$/)),
  checkpoints: v.array(checkpoint),
  /** Of what was drawn at random; null where nothing was. */
  seed: v.nullable(v.number()),
  /** Of the weights as they computed: "f32". */
  dtype: text,
  device: text,
  /** With which settings, by their names. */
  settings: v.record(v.string(), v.unknown()),
  /** What makes the same numbers in a shell; null where no command does, and `remarks` says why. */
  command: v.nullable(text),
  /** What stands for what in the command, and who computed the numbers where that is another build. */
  remarks: v.array(sentence),
} as const;

/** What a page says of the numbers that its charts show. */
export interface PageFacts extends Readonly<v.InferOutput<v.ObjectSchema<typeof shared, undefined>>> {
  /** What was done: "Token swap". */
  readonly done: string;
  /** What models were asked about: "minimal-pairs"; null of weights. */
  readonly on: string | null;
  /** What its records are kept under in the study that travels with the app; undefined where they are not of that study. */
  readonly carried?: string;
}

/** Everything that a figure carries when it leaves the page, in all formats. */
export const figureFacts = v.strictObject({
  ...shared,
  /** What was done, of which models, on what: "Token swap of IN (demo:in) on minimal-pairs". */
  work: text,
  /** A sentence: what was found, or what is drawn of which models. */
  title: sentence,
  /** The line below it: what was measured, on which models, and on how many items a point rests. */
  measured: sentence,
  /** How what is drawn is computed and read. */
  definition: sentence,
  /** How many items the points rest on, from the least to the most; null where points rest on none: numbers of weights. */
  n: v.nullable(v.strictObject({ least: v.number(), most: v.number(), of: v.string() })),
  /** What whiskers and bands are; null where there are none. */
  interval: v.nullable(text),
  /** How far the work was when it was exported: "37 of 100 so far". */
  state: v.string(),
  /** Where published marks that are drawn were printed. */
  published: v.array(text),
  version: text,
  /** When it was exported. */
  date: v.pipe(v.string(), v.isoTimestamp()),
});

/** What tables call it: the column of a CSV, the key of a Parquet file. */
export const FACTS = 'frankenscope';

export type FigureFacts = Readonly<v.InferOutput<typeof figureFacts>>;

/** A checkpoint, in all that a figure says of it: as legends call it, with the folder that it is. */
type Named = Pick<PageFacts['checkpoints'][number], 'name' | 'folder'>;

/** "Token swap of RL (demo:rl) on pairs". @param on what models were asked about; null of weights */
export function workText(done: string, checkpoints: readonly Named[], on: string | null = null): string {
  return t.facts.work(
    done,
    checkpoints.map((one) => modelText(one, null)),
    on,
  );
}

/** What is drawn of which models, where no sentence says what was found: "Change rate per layer: RL." A title may name them itself. */
export function drawnOf(title: string, checkpoints: readonly Named[]): string {
  const names = checkpoints.map(({ name }) => name);
  const words = title.split(/[\s,，（）]+/);
  return t.facts.drawn(title, names.every((name) => words.includes(name)) ? [] : names);
}

/** The lines that stand below a picture; the command's are apart. */
export function factLines(facts: FigureFacts): readonly string[] {
  const { checkpoints, interval, seed, dtype, device, version, date, published, method, remarks } = facts;
  const named = checkpoints.map((one) => modelText(one, one.fingerprint));
  // An interval that draws names its own seed.
  const unseeded = /seed|种子/.test(interval ?? '') ? [] : [t.facts.noSeed];
  const how = [
    ...(interval === null ? [] : [t.facts.intervals(interval)]),
    ...(seed === null ? unseeded : [t.facts.seed(seed)]),
    ...[dtype, device, `Frankenscope ${version}`, `docs/method.md ${method}`, date.slice(0, 10)],
  ];
  return [
    ...(named.length > 0 ? [named.join(' · ')] : []),
    how.join(' · '),
    ...(published.length > 0 ? [t.facts.published(published)] : []),
    ...(remarks.length > 0 ? [remarks.join(' ')] : []),
  ];
}

/** Models in a file's name; all are in the file. */
const MOST_NAMED = 3;

/** "swap-change-rate-per-layer-in": analysis, chart and models, for a file's name. */
export function figureName({ analysis, checkpoints }: PageFacts, title: string): string {
  const models = checkpoints.slice(0, MOST_NAMED).map(({ name }) => slug(name));
  const parts = [analysis, slug(title), ...models];
  // Most file systems take 255 bytes.
  return parts.filter(Boolean).join('-').slice(0, 120).replace(/-$/, '');
}
