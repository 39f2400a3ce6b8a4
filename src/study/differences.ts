/** What differs between two studies, as far as it decides what they found. */
import { canonicalJson, type Json } from '../identity/canonical-json.ts';
import type { ShownWork } from './journal/shown-part.ts';
import type { StudyResult } from './study-result.ts';

export interface Difference {
  /** "Token swap: samples". */
  readonly what: string;
  readonly one: string;
  readonly other: string;
}

/** A study with the inputs and settings that its records are filed under. */
export interface ComparedStudy {
  readonly result: StudyResult;
  readonly works: readonly Pick<ShownWork, 'key' | 'inputs' | 'settings' | 'total'>[];
}

/** How such facts are called. */
export const DIFFERENCE_WORDS = {
  ...{ models: 'models', demo: 'the demo family', seed: 'seed', records: 'records', code: 'code' },
  ...{ version: 'version of Frankenscope', inIt: 'in it', none: 'none' },
  model: (name: string) => `model: ${name}`,
  /** @param folder of the analysis, which tells it from others of its name */
  analysis: (_name: string, folder: string) => folder,
  of: (analysis: string, what: string) => `${analysis}: ${what}`,
  /** @param field of the identity, or of an input */
  field: (_name: string, field: string) => field,
};

/** A fact, how it is called, and the folder of the analysis that it is of. */
interface Fact {
  readonly what: string;
  readonly text: string;
  readonly folder: string | null;
}

/** Of a hash. */
const DIGITS = 12;
const LONGEST = 200;
const isHash = (text: string): boolean => /^[0-9a-f]{32,}$/.test(text);

/** Models, analyses, settings, seeds, inputs by their hashes, code and versions; what both have alike is left out. */
export function studyDifferences(
  one: ComparedStudy,
  other: ComparedStudy,
  words = DIFFERENCE_WORDS,
): readonly Difference[] {
  const [ofOne, ofOther] = [factsOf(one, words), factsOf(other, words)];
  return [...new Set([...ofOne.keys(), ...ofOther.keys()])].flatMap((name): readonly Difference[] => {
    const [a, b] = [ofOne.get(name), ofOther.get(name)];
    const { what = '', folder = null } = a ?? b ?? {};
    // Of an analysis that only one has, it is enough to say that.
    const isOfOne = folder !== null && name !== folder && ofOne.has(folder) !== ofOther.has(folder);
    if (a?.text === b?.text || isOfOne) return [];
    return [{ what, one: shortened(a?.text ?? words.none), other: shortened(b?.text ?? words.none) }];
  });
}

/** By names of their own, in order: an analysis has that of its folder. */
function factsOf(
  { result, works }: ComparedStudy,
  words: typeof DIFFERENCE_WORDS,
): ReadonlyMap<string, Fact> {
  const { spec, analyses, frankenscope } = result;
  const facts = new Map<string, Fact>();
  const put = (name: string, what: string, text: string, folder: string | null = null): unknown =>
    facts.set(name, { what, text, folder });
  const { models, seed } = (isRecord(spec) ? spec : {}) as { readonly models?: Json; readonly seed?: Json };
  if (models === 'demo') put(':models', words.models, words.demo);
  else for (const [name, text] of fieldsOf(models)) put(`:model: ${name}`, words.model(name), text);
  if (seed !== undefined) put(':seed', words.seed, textOf(seed));
  for (const { name, folder, models: asked, settings, works: own } of analyses) {
    const analysis = words.analysis(name, folder);
    const told = (field: string, what: string, text: string): unknown =>
      put(`${folder}: ${field}`, words.of(analysis, what), text, folder);
    put(folder, analysis, words.inIt, folder);
    told('models', words.models, Object.values(asked).flat().join(', '));
    const [work] = works.filter(({ key }) => own.some((one) => one.key === key));
    for (const [field, text] of [...fieldsOf(work?.settings ?? settings), ...fieldsOf(work?.inputs)])
      told(field, words.field(name, field), text);
    if (work) told('records', words.records, String(work.total));
    told('code', words.code, own.map(({ modules }) => modules).join(', '));
  }
  put(':version', words.version, `${frankenscope.version} (${frankenscope.run.build})`);
  return facts;
}

function fieldsOf(found: Json | undefined): readonly (readonly [field: string, text: string])[] {
  return isRecord(found)
    ? Object.entries(found).map(([field, value]) => [field, textOf(value)] as const)
    : [];
}

function isRecord(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** Hashes by their beginnings, texts too long for a line by theirs. */
function shortened(text: string): string {
  if (isHash(text)) return text.slice(0, DIGITS);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
