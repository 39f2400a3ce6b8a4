import type * as v from 'valibot';
import type { Declaration, Words } from './declaration.ts';

/**
 * An analysis as one value. The page's form, the command's flags, the journal's identity and shape, result files and findings
 * come from it; `src/ui/analyses/NAME/` draws it. What it is given depends on its family (`probe.ts`).
 */
export interface Analysis<Record = unknown> {
  readonly declaration: Declaration;
  readonly words: Words;
  /** By input of its identity, why that decides its records. */
  readonly decidedBy: Readonly<globalThis.Record<string, string>>;
  /** What a record looks like when it is read again. A field that it does not know is no part of one. */
  readonly shape: v.GenericSchema<Record>;
}
