import type { TensorFamily } from '../deltas/pairing.ts';

/** By checkpoint, the tensor that stood in where it has none of the family's name: embeddings for a tied head. */
export interface ReadFrom {
  readonly read_from?: Readonly<Record<string, string>>;
}

export function readFrom({ name, entries }: TensorFamily): ReadFrom {
  const others = [...entries].filter(([, entry]) => entry.name !== name);
  if (others.length === 0) return {};
  return { read_from: Object.fromEntries(others.map(([role, entry]) => [role, entry.name])) };
}
