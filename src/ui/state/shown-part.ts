/** What is kept with measured work so that a later visit can list it, and show it without loading anything. */
import * as v from 'valibot';
import { canonicalJson, type Json } from '../../identity/canonical-json.ts';
import { NamedError } from '../../named-error.ts';
import type { ShownWork } from '../../study/journal/shown-part.ts';
import type { ShownPart } from '../../study/shown/part.ts';

export type { ShownPart };

const SHAPE = v.object({
  title: v.string(),
  told: v.string(),
  n: v.string(),
  given: v.custom<Json>((value) => value !== undefined),
});

/** A work that can be listed and shown. */
export interface ListedWork extends Omit<ShownWork, 'part' | 'title'>, ShownPart {
  /** Of what travels with the app: "Carried with the app: measured by version 0.1.0 (1a2b3c4d) on 2026-11-28 10:49". */
  readonly carried?: string;
}

const NAMED = v.object({ name: v.string(), fingerprint: v.string() });
const OF_MODELS = v.object({ models: v.array(v.object({ checkpoint: NAMED })) });
const OF_CHECKPOINTS = v.object({ checkpoints: v.array(v.object({ rest: NAMED })) });

/** The folders of the checkpoints that a work was laid out of, by their fingerprints; none where another version kept it. */
export function foldersOf({ given }: Pick<ListedWork, 'given'>): ReadonlyMap<string, string> {
  const named = v.is(OF_MODELS, given)
    ? given.models.map(({ checkpoint }) => checkpoint)
    : v.is(OF_CHECKPOINTS, given)
      ? given.checkpoints.map(({ rest }) => rest)
      : [];
  return new Map(named.map(({ fingerprint, name }) => [fingerprint, name]));
}

/** Whether both are the same settings, in whatever order. */
export function sameValues(one: unknown, other: unknown): boolean {
  const text = (values: unknown): string => canonicalJson(JSON.parse(JSON.stringify(values)) as Json);
  return text(one) === text(other);
}

/** Why it cannot be shown without what it was computed from. */
export function unreadable({ title }: ListedWork): NamedError {
  return new NamedError(
    'JournalDamaged',
    `what another version of the app kept beside "${title}" says nothing to this one`,
    {},
    'open and load what it was computed from: its records are shown then',
  );
}

/** Evaluations that are kept under the names of their pages, by which they are declared otherwise. */
const DECLARED: Readonly<Record<string, string>> = { evaluation: 'transfer', perception: 'disentangle' };

/** Null for what another version of the app kept. */
export function listedWork({ part, analysis, ...work }: ShownWork): ListedWork | null {
  return v.is(SHAPE, part) ? { ...work, ...part, analysis: DECLARED[analysis] ?? analysis } : null;
}
