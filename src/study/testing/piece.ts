import type { WorkIdentity } from '../../identity/work-identity.ts';
import type { LongWork } from '../../work/long-work.ts';

/** A small piece of work of a kind. */
export interface Piece<Record = unknown> {
  readonly identity: WorkIdentity;
  readonly total: number;
  /** The result's text. */
  work(long: LongWork<Record>): Promise<string>;
}
