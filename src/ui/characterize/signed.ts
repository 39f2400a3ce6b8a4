import type { Origin } from '../../study/journal/other-builds.ts';
import { originFacts } from '../../study/journal/other-builds.ts';

/** A result file, which says where it comes from. */
export interface ResultFile {
  readonly frankenscope?: { readonly provenance?: unknown };
}

/** The same that says who computed it, where that is another build. */
export function signed<File extends ResultFile>(file: File, origin: Origin | null): File {
  const { frankenscope } = file;
  if (!origin || !frankenscope) return file;
  const provenance = { ...(frankenscope.provenance as object), ...originFacts(origin) };
  return { ...file, frankenscope: { ...frankenscope, provenance } };
}
