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

const NONE = 'none';
/** Of a hash. */
const DIGITS = 12;
const LONGEST = 200;
const isHash = (text: string): boolean => /^[0-9a-f]{32,}$/.test(text);

/** Models, analyses, settings, seeds, inputs by their hashes, code and versions; what both have alike is left out. */
export function studyDifferences(one: ComparedStudy, other: ComparedStudy): readonly Difference[] {
  const [ofOne, ofOther] = [factsOf(one), factsOf(other)];
  const folders = new Set([one, other].flatMap(({ result }) => result.analyses.map(({ folder }) => folder)));
  return [...new Set([...ofOne.keys(), ...ofOther.keys()])].flatMap((what): readonly Difference[] => {
    const [a = NONE, b = NONE] = [ofOne.get(what), ofOther.get(what)];
    // Of an analysis that only one has, it is enough to say that.
    const [of = ''] = what.split(': ');
    const isOfOne = folders.has(of) && what !== of && ofOne.has(of) !== ofOther.has(of);
    return a === b || isOfOne ? [] : [{ what, one: shortened(a), other: shortened(b) }];
  });
}

/** By what they are of, in order. */
function factsOf({ result, works }: ComparedStudy): ReadonlyMap<string, string> {
  const { spec, analyses, frankenscope } = result;
  const facts = new Map<string, string>();
  const { models, seed } = (isRecord(spec) ? spec : {}) as { readonly models?: Json; readonly seed?: Json };
  if (models === 'demo') facts.set('models', 'the demo family');
  else if (isRecord(models)) put(facts, 'model', models);
  if (seed !== undefined) facts.set('seed', textOf(seed));
  for (const { folder, models: asked, settings, works: own } of analyses) {
    facts.set(folder, 'in it');
    facts.set(`${folder}: models`, Object.values(asked).flat().join(', '));
    const [work] = works.filter(({ key }) => own.some((one) => one.key === key));
    put(facts, folder, work?.settings ?? settings);
    if (work) {
      facts.set(`${folder}: records`, String(work.total));
      put(facts, folder, work.inputs);
    }
    facts.set(`${folder}: code`, own.map(({ modules }) => modules).join(', '));
  }
  facts.set('version of Frankenscope', `${frankenscope.version} (${frankenscope.run.build})`);
  return facts;
}

function put(facts: Map<string, string>, of: string, found: Json): void {
  if (!isRecord(found)) return;
  for (const [name, value] of Object.entries(found)) facts.set(`${of}: ${name}`, textOf(value));
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
