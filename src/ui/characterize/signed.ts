import type { Origin } from '../../study/journal/other-builds.ts';
import { originFacts } from '../../study/journal/other-builds.ts';

/** A result file that says who computed it, where that is another build. */
export function signed<File extends { readonly frankenscope?: { readonly provenance?: unknown } }>(
  file: File,
  origin: Origin | null,
): File {
  const { frankenscope } = file;
  if (!origin || !frankenscope) return file;
  const provenance = { ...(frankenscope.provenance as object), ...originFacts(origin) };
  return { ...file, frankenscope: { ...frankenscope, provenance } };
}
