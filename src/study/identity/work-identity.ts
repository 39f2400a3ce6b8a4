/** What makes two runs the same piece of work. */
import { sha256OfText } from '../../sha256.ts';
import type { WorkKind } from '../journal/kinds.ts';
import { modulesOf } from './modules.ts';

/** Plain data whose JSON says all of it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface WorkIdentity {
  /** `energy`, `diversity`, `swap`: what is done. */
  readonly kind: WorkKind;
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
export async function workKey({ kind, inputs, settings }: WorkIdentity): Promise<string> {
  const digest = await sha256OfText(canonicalJson({ modules: modulesOf(kind), kind, inputs, settings }));
  return digest.slice(0, 32);
}

/** JSON with the fields of objects in the order of the alphabet. */
function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}
