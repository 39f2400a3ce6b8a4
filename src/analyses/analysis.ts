import type * as v from 'valibot';
import type { AnyDeclaration, Declaration, Words } from './declaration.ts';

/**
 * An analysis as one value. The page's form, the command's flags, result files and findings come from it; `src/ui/` draws it. What it
 * is given depends on its family (`probe.ts`, `evaluation.ts`).
 */
export interface AnyAnalysis {
  readonly declaration: AnyDeclaration;
  readonly words: Words;
}

/** One that keeps records of its own: the journal's identity and shape come from it, too. */
export interface Analysis<Record = unknown> extends AnyAnalysis {
  readonly declaration: Declaration;
  /** By input of its identity, why that decides its records. */
  readonly decidedBy: Readonly<globalThis.Record<string, string>>;
  /** What a record looks like when it is read again. A field that it does not know is no part of one. */
  readonly shape: v.GenericSchema<Record>;
}
