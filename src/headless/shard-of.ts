import type { Shard } from './flag-reader.ts';

/** This shard's samples: every `count`-th, so that shards take about equally long. */
export function shardOf<Sample>(samples: readonly Sample[], { index, count }: Shard): readonly Sample[] {
  return samples.filter((_, at) => at % count === index);
}
