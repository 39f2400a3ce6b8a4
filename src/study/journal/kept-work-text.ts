/** What a person is told of kept work, in the page's list and by the command that lists it. */
import type { Json } from '../../identity/work-identity.ts';
import { adapterText } from '../../work/adapter-name.ts';
import type { KeptWork } from './kept-work.ts';

/** Settings whose names say too little. */
const NAMES: Readonly<Record<string, string>> = {
  k: 'directions',
  topK: 'singular values',
  maxNewTokens: 'new tokens',
  dtypes: 'weights and device',
  dtype: 'weights',
  onlyThink: 'only reasoning tokens',
  weights: 'matrices',
  deltas: 'updates',
  system: 'system prompt',
};

/** What a rerun does with it: "37 of 100 records, goes on from there". */
export function rerunText({ described, current, complete, done, total, build, begun }: KeptWork): string {
  if (!described && done === 0)
    return 'nothing whole is in it, as of work of an earlier version: nothing goes on with it';
  if (!described)
    return `${records(done)} without a whole description: taken up when the same work is run again`;
  if (!current)
    return `computed by another build (${build ?? 'unknown'}) on ${dayOf(begun)}: shown, not gone on with`;
  if (complete) return `whole, ${records(done)}`;
  return `${done} of ${total} records, goes on from there`;
}

/**
 * Where works have one title and the same settings in words, what tells each from the others: inputs that differ, by the beginning
 * of their hashes.
 *
 * @returns by key; works that are told apart without it are left out
 */
export function differingInputs(works: readonly KeptWork[]): ReadonlyMap<string, string> {
  const alike = new Map<string, KeptWork[]>();
  for (const work of works) {
    const name = JSON.stringify([work.kind, work.title, settingsInWords(work.settings)]);
    alike.set(name, [...(alike.get(name) ?? []), work]);
  }
  const told = new Map<string, string>();
  for (const group of alike.values()) {
    const names = [...new Set(group.flatMap(({ inputs }) => Object.keys(inputs)))];
    const differing = names.filter((name) => new Set(group.map(({ inputs }) => inputs[name])).size > 1);
    for (const { key, inputs } of differing.length > 0 ? group : [])
      told.set(key, differing.map((name) => `${name} ${inputs[name]?.slice(0, 8) ?? 'none'}`).join(', '));
  }
  return told;
}

/** Day and time of ISO 8601, in UTC: "2026-11-28 10:49". */
export function dayOf(iso: string | null): string {
  return iso === null ? 'an unknown day' : iso.slice(0, 16).replace('T', ' ');
}

/** Settings as words: "new tokens 64, mode single, layers 0–27". */
export function settingsInWords(settings: Json): string {
  if (settings === null || typeof settings !== 'object' || Array.isArray(settings)) return '';
  return Object.entries(settings)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${NAMES[name] ?? spaced(name)} ${valueInWords(value as Json)}`)
    .join(', ');
}

function valueInWords(value: Json): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return listInWords(value);
  if (typeof value !== 'object' || value === null) return adapterText(String(value));
  const { key } = value as { readonly key?: Json };
  return typeof key === 'string' ? key : settingsInWords(value);
}

/** Numbers that follow on each other as a range. */
function listInWords(values: readonly Json[]): string {
  const first = values[0];
  const counted = values.length > 2 && values.every((value, at) => value === Number(first) + at);
  if (counted) return `${String(first)}–${String(values.at(-1))}`;
  return values.map(valueInWords).join(' and ') || 'none';
}

function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function records(count: number): string {
  return `${count} ${count === 1 ? 'record' : 'records'}`;
}
