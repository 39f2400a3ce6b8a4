/** Part `index` (from 0) of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** This shard's samples: every `count`-th, so that shards take about equally long; all where there is none. */
export function shardOf<Sample>(samples: readonly Sample[], shard?: Shard): readonly Sample[] {
  return shard ? samples.filter((_, at) => at % shard.count === shard.index) : samples;
}
