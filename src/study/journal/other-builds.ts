/** What other builds kept of a piece of work: shown as theirs, never gone on with. */
import { modulesOf } from '../../work/modules.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { sameWork } from '../../identity/work-identity.ts';
import { isLedger } from '../weights/ledger.ts';
import { readDescription } from './description.ts';
import { guarded } from './failure.ts';
import { readRecords } from './records.ts';
import { recordShape } from './shapes.ts';
import type { Origin } from './origin-text.ts';
import type { JournalStorage } from './storage.ts';

export { type Origin, originNotice, originText } from './origin-text.ts';

/** The same with what it kept. */
export interface OtherRecords<Record> {
  readonly origin: Origin;
  readonly records: ReadonlyMap<string, Record>;
  /** Lines that are damaged, or no records of the shape that this build knows. */
  readonly left: number;
}

/**
 * Whoever else computed the same work, the latest first. Nothing is read of it but what its journals say of themselves.
 *
 * @throws NamedError `JournalFailed`
 */
export async function otherBuilds(storage: JournalStorage, work: WorkIdentity): Promise<readonly Origin[]> {
  const found: Origin[] = [];
  for (const { key } of await guarded(() => storage.list(), 'kept results cannot be read')) {
    if (isLedger(key)) continue;
    const { last } = await readDescription(storage, key);
    if (!last || last.modules === modulesOf(work.kind) || !sameWork(last, work)) continue;
    found.push({ key, build: last.build, modules: last.modules, at: last.at });
  }
  return found.sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** What one of them kept, as far as this build knows the shape of it. @throws NamedError `JournalFailed` */
export async function recordsOf<Record>(
  storage: JournalStorage,
  kind: string,
  origin: Origin,
): Promise<OtherRecords<Record>> {
  const { finished, damaged, torn } = await readRecords<Record>(storage, origin.key, recordShape(kind));
  return { origin, records: finished, left: damaged.length + Number(torn !== null) };
}

/** What a saved file says of it. */
export function originFacts(origin: Origin | null): { readonly computedBy?: { build: string; at: string } } {
  return origin ? { computedBy: { build: origin.build, at: origin.at } } : {};
}
