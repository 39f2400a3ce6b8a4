/** What makes two runs the same piece of work. */
import { sha256OfText } from '../work/sha256.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import { modulesOf } from '../work/modules.ts';

export type { Json };

export interface WorkIdentity<K extends string = string> {
  /** `energy`, `diversity`, `swap`: what is done. */
  readonly kind: K;
  /** As a reader says it: "Update energy of base, in and rl". Not part of the identity. */
  readonly title: string;
  /** By role, what identifies each input: a checkpoint's fingerprint, the hash of a data set. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Everything else a record depends on. */
  readonly settings: Json;
}

/**
 * The name of a piece of work: 32 hex digits of a SHA-256 over kind, inputs, settings and the modules that compute it (numbers
 * of other code may be computed otherwise).
 */
export function workKey(work: WorkIdentity): Promise<string> {
  return keyOfModules(modulesOf(work.kind), work);
}

/** The name of the same work as the build with these modules has it. */
export async function keyOfModules(modules: string, { kind, inputs, settings }: Deciding): Promise<string> {
  // As a journal gives it back: JSON knows no fields that are undefined.
  const said = JSON.parse(JSON.stringify({ modules, kind, inputs, settings })) as Json;
  return (await sha256OfText(canonicalJson(said))).slice(0, 32);
}

/** Whether two are the same piece of work, whatever computes it: what a journal says of one may be told from what is open. */
export function sameWork(a: Deciding, b: Deciding): boolean {
  return a.kind === b.kind && deciding(a) === deciding(b);
}

type Deciding = Pick<WorkIdentity, 'kind' | 'inputs' | 'settings'>;

/** As a journal gives it back: JSON knows no fields that are undefined. */
function deciding({ inputs, settings }: Deciding): string {
  return canonicalJson(JSON.parse(JSON.stringify({ inputs, settings })) as Json);
}
