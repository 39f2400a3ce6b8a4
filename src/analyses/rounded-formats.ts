import type { DeltaSpec } from '../spectra/deltas/delta-spec.ts';
import type { UpdatesOrigin } from '../spectra/results/updates-file.ts';

/** What the two checkpoints of an update are stored in, as far as that is no plain safetensors. */
export function roundedFormats(
  { frankenscope }: { readonly frankenscope?: Pick<UpdatesOrigin, 'formats'> },
  { to, from }: Pick<DeltaSpec, 'to' | 'from'>,
): readonly string[] {
  const formats = frankenscope?.formats ?? {};
  return [...new Set([to, from].flatMap((role) => formats[role] ?? []))];
}
