import type { WorkIdentity } from '../../identity/work-identity.ts';
import type { WorkKind } from '../../identity/deciding-inputs.ts';
import type { KeptRecords } from '../journal/kinds.ts';
import type { LongWork } from '../../work/long-work.ts';

/** A small piece of work of a kind. */
export interface PieceOf<Kind extends WorkKind> {
  readonly identity: WorkIdentity & { readonly kind: Kind };
  readonly total: number;
  /** The result's text. */
  readonly work: (long: LongWork<KeptRecords[Kind]>) => Promise<string>;
}
