/**
 * What showing a piece of work takes besides its records: the models and samples that it was laid out of, as whoever shows it keeps
 * them. It lies beside the records and is no part of the identity: work that has none reads as ever.
 */
import * as v from 'valibot';
import type { Json } from '../../identity/work-identity.ts';
import { readDescription } from './description.ts';
import { guarded } from './failure.ts';
import { joinedBytes } from '../../work/bytes.ts';
import { lineOf, readLines, valueOf } from './lines.ts';
import { isLedger } from '../weights/ledger.ts';
import { type JournalStorage, NEWLINE } from './storage.ts';

/** One line for each change; of each analysis the last whole one of each text holds. */
export const SHOWN = 'shown.jsonl';

const LINE = v.object({
  /** The analysis that shows it: several ask the same answers. */
  analysis: v.string(),
  part: v.custom<Json>((value) => value !== undefined),
  /** ISO 8601, of this line. */
  at: v.pipe(v.string(), v.isoTimestamp()),
});

/** Kept work that can be shown without what it was computed from. */
export interface ShownWork {
  /** Of its journal. */
  readonly key: string;
  readonly analysis: string;
  /** As it was given to `keepShownPart`; what reads it checks it. */
  readonly part: Json;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: string;
  readonly title: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly settings: Json;
  readonly total: number;
  readonly complete: boolean;
}

/** Keeps a part, unless it is kept already. @throws NamedError `JournalFailed` */
export async function keepShownPart(
  storage: JournalStorage,
  work: string,
  analysis: string,
  part: Json,
): Promise<void> {
  const kept = await partsOf(storage, work);
  if (kept.some((one) => saysTheSame(one, { analysis, part }))) return;
  const line = JSON.stringify({ analysis, part, at: new Date().toISOString() });
  const bytes = new TextEncoder().encode(await lineOf(`${work}/${SHOWN}`, line));
  await guarded(() => storage.append(work, SHOWN, bytes));
}

/** All kept work that can be shown, the latest first; nothing of its records is read. @throws NamedError `JournalFailed` */
export async function shownWorks(storage: JournalStorage): Promise<readonly ShownWork[]> {
  const found: ShownWork[] = [];
  for (const { key } of await guarded(() => storage.list(), 'kept results cannot be read')) {
    if (isLedger(key)) continue;
    const parts = await partsOf(storage, key);
    const { last } = parts.length > 0 ? await readDescription(storage, key) : { last: null };
    if (!last) continue;
    const { kind, title, inputs, settings, total, complete } = last;
    found.push(
      ...parts.map((part) => ({ ...{ key, kind, title, inputs, settings, total, complete }, ...part })),
    );
  }
  return found.sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** Whole lines of them, as a file of the journal has them. @throws NamedError `JournalFailed` */
export async function shownLines(
  storage: JournalStorage,
  work: string,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  return (await linesOf(storage, work)).map(({ bytes }) => bytes);
}

/**
 * Takes such a line over, unless its part is kept already. What reads a part checks it, whoever wrote it.
 *
 * @param describe called before anything is kept: a journal says first what it is of
 * @returns whether the line is one
 * @throws NamedError `JournalFailed`
 */
export async function takeShown(
  storage: JournalStorage,
  work: string,
  line: Uint8Array<ArrayBuffer>,
  describe: () => Promise<void>,
): Promise<boolean> {
  const said = await valueOf(`${work}/${SHOWN}`, line);
  if (!v.is(LINE, said)) return false;
  await describe();
  const known = (await partsOf(storage, work)).some((one) => saysTheSame(one, said));
  if (!known) await guarded(() => storage.append(work, SHOWN, joinedBytes([line, Uint8Array.of(NEWLINE)])));
  return true;
}

type Line = v.InferOutput<typeof LINE>;

function saysTheSame(one: Pick<Line, 'analysis' | 'part'>, other: Pick<Line, 'analysis' | 'part'>): boolean {
  return one.analysis === other.analysis && JSON.stringify(one.part) === JSON.stringify(other.part);
}

async function partsOf(storage: JournalStorage, work: string): Promise<readonly Line[]> {
  return (await linesOf(storage, work)).map(({ line }) => line);
}

async function linesOf(
  storage: JournalStorage,
  work: string,
): Promise<readonly { readonly line: Line; readonly bytes: Uint8Array<ArrayBuffer> }[]> {
  const bytes = await guarded(() => storage.read(work, SHOWN), 'kept results cannot be read');
  if (!bytes) return [];
  const { whole } = await readLines(`${work}/${SHOWN}`, bytes);
  return whole.flatMap(({ value, start, end }) =>
    v.is(LINE, value) ? [{ line: value, bytes: bytes.slice(start, end) }] : [],
  );
}
