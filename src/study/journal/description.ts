/** What a journal says of its work, in clear: its identity, how far it is, when and by which code it was begun. */
import * as v from 'valibot';
import { buildName, modulesOf } from '../../work/modules.ts';
import type { Json, WorkIdentity } from '../../identity/work-identity.ts';
import { guarded } from './failure.ts';
import { lineOf, readLines } from './lines.ts';
import type { JournalStorage } from './storage.ts';

/** One line for each change; the last whole one holds. */
export const DESCRIPTION = 'work.jsonl';

const SHAPE = v.object({
  ...{ kind: v.string(), title: v.string(), inputs: v.record(v.string(), v.string()) },
  settings: v.custom<Json>((value) => value !== undefined),
  ...{ total: v.number(), complete: v.boolean(), modules: v.string(), build: v.string() },
  /** ISO 8601, of this line. */
  at: v.pipe(v.string(), v.isoTimestamp()),
  /** How it is run again, where it was begun by a command. */
  again: v.exactOptional(v.string()),
});

export type Description = v.InferOutput<typeof SHAPE>;

export function isDescription(value: unknown): value is Description {
  return v.is(SHAPE, value);
}

export interface FoundDescription {
  /** Null where no line is whole. */
  readonly last: Description | null;
  /** ISO 8601; of the first whole line. */
  readonly begun: string | null;
  readonly damaged: number;
}

/** @throws NamedError `JournalFailed` */
export async function readDescription(storage: JournalStorage, work: string): Promise<FoundDescription> {
  const bytes = await guarded(() => storage.read(work, DESCRIPTION), 'kept results cannot be read');
  const { whole, damaged, torn } = await readLines(`${work}/${DESCRIPTION}`, bytes ?? new Uint8Array(0));
  const lines = whole.flatMap(({ value }) => (isDescription(value) ? [value] : []));
  return {
    last: lines.at(-1) ?? null,
    begun: lines[0]?.at ?? null,
    damaged: damaged.length + whole.length - lines.length + Number(torn !== null),
  };
}

export interface Progress {
  readonly total: number;
  /** Whether it ran to its end; left out: as it was said before of as many records. */
  readonly complete?: boolean;
  readonly again?: string;
}

/** Describes a piece of work, unless its journal says the same already. @throws NamedError `JournalFailed` */
export async function describe(
  storage: JournalStorage,
  work: string,
  { kind, title, inputs, settings }: WorkIdentity,
  { total, complete, again }: Progress,
): Promise<void> {
  const { last } = await readDescription(storage, work);
  const said = {
    ...{ kind, title, inputs, settings, total },
    complete: complete ?? (last?.total === total && last.complete),
    ...{ modules: modulesOf(kind), build: buildName() },
    ...(again === undefined ? {} : { again }),
  };
  if (last) {
    const { at, ...before } = last;
    if (JSON.stringify({ ...said, at }) === JSON.stringify({ ...said, ...before, at })) return;
  }
  const line = await lineOf(
    `${work}/${DESCRIPTION}`,
    JSON.stringify({ ...said, at: new Date().toISOString() }),
  );
  await guarded(() => storage.append(work, DESCRIPTION, new TextEncoder().encode(line)));
}
