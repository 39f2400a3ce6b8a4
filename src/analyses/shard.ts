import type { Pairing } from '../spectra/deltas/pairing.ts';

/** Part `index` (from 0) of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** This shard's samples: every `count`-th, so that shards take about equally long; all where there is none. */
export function shardOf<Sample>(samples: readonly Sample[], shard?: Shard): readonly Sample[] {
  return shard ? samples.filter((_, at) => at % shard.count === shard.index) : samples;
}

/** Names of this shard's tensors, in the pairing's order: every `count`-th by size, so that shards read and compute about as much. */
export function tensorsOf({ families }: Pairing, shard: Shard): readonly string[] {
  const bySize = [...families].sort((a, b) => b.elements - a.elements);
  const own = new Set(shardOf(bySize, shard));
  return families.filter((family) => own.has(family)).map(({ name }) => name);
}

/** A pairing of some of its tensors. @param only their names; all where there are none */
export function someOf(pairing: Pairing, only?: ReadonlySet<string>): Pairing {
  return only ? { ...pairing, families: pairing.families.filter(({ name }) => only.has(name)) } : pairing;
}
