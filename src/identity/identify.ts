/** Makes every identity, of what the declared list says. */
import { sha256OfText } from '../work/sha256.ts';
import { canonicalJson } from './canonical-json.ts';
import { DECIDED_BY } from './decided-by.ts';
import type { DecidingInputs, JournalKind, Models, NamedKind, Weights } from './deciding-inputs.ts';
import type { Json, WorkIdentity } from './work-identity.ts';

/** Begins the names of inputs that are weights. */
const WEIGHTS_OF = 'weights of ';

/** Inputs that are one hash. */
const HASHES: ReadonlySet<string> = new Set(['samples', 'answers', 'judge']);

/**
 * What names a piece of work in its journal, in clear: inputs by what they are ("weights of rl", "chat_template.json of rl",
 * "samples"), settings by their names.
 *
 * @param title as a reader says it; not part of the identity
 */
export function identify<K extends JournalKind>(
  kind: K,
  title: string,
  given: DecidingInputs[K],
): WorkIdentity<K> {
  return identifyBy<K, DecidingInputs[K]>(kind, title, given, DECIDED_BY[kind]);
}

/** The same of work that declares itself what decides it: every input with the reason why it does. One that is left out names nothing. */
export function identifyBy<K extends string, Given extends object>(
  kind: K,
  title: string,
  given: Given,
  decidedBy: { readonly [Input in keyof Given]: string },
): WorkIdentity<K> {
  const inputs: Record<string, string> = {};
  const settings: Record<string, Json> = {};
  for (const name of Object.keys(decidedBy)) {
    const value = (given as unknown as Readonly<Record<string, unknown>>)[name];
    if (name === 'weights') Object.assign(inputs, weightsOf(value as Weights));
    else if (name === 'files') Object.assign(inputs, value);
    else if (HASHES.has(name)) inputs[name] = value as string;
    else if (name === 'models') {
      Object.assign(inputs, modelInputs(value as Models));
      settings['computedBy'] = computedBy(value as Models);
    } else if (value !== undefined) settings[name] = value as Json;
  }
  return { kind, title, inputs, settings };
}

/** SHA-256, in hex, over all that decides a thing. */
export function nameOf<K extends NamedKind>(kind: K, given: DecidingInputs[K]): Promise<string> {
  const values = given as unknown as Readonly<Record<string, Json>>;
  const listed = Object.keys(DECIDED_BY[kind]).map((name) => [name, values[name] as Json]);
  return sha256OfText(canonicalJson([kind, Object.fromEntries(listed)]));
}

/** How many checkpoints' weights an identity names: other inputs are small files and samples. */
export function weightInputs({ inputs }: Pick<WorkIdentity<string>, 'inputs'>): number {
  return Object.keys(inputs).filter((name) => roleOfWeights(name) !== null).length;
}

/** Whose weights an input is, by its name; null for any other input. */
export function roleOfWeights(input: string): string | null {
  return input.startsWith(WEIGHTS_OF) ? input.slice(WEIGHTS_OF.length) : null;
}

function weightsOf(weights: Weights): Record<string, string> {
  return Object.fromEntries(Object.entries(weights).map(([role, print]) => [WEIGHTS_OF + role, print]));
}

function modelInputs(models: Models): Record<string, string> {
  return Object.fromEntries(
    Object.entries(models).flatMap(([role, { fingerprint, smallFiles }]) => [
      [WEIGHTS_OF + role, fingerprint],
      ...Object.entries(smallFiles).map(([file, hash]) => [`${file} of ${role}`, hash]),
    ]),
  );
}

function computedBy(models: Models): Json {
  return Object.fromEntries(
    Object.entries(models).map(([role, { device, adapter, dtype }]) => [role, { device, adapter, dtype }]),
  );
}
