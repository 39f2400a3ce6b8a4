/** Where a tensor of the model lies. All that is asked of names in this regard is asked here. */
export type TensorPlace = {
  /** The name below the part: `self_attn.q_proj.weight`. */
  readonly within: string;
} & (
  | {
      readonly part: 'visionBlock' | 'layer';
      /** Counted from 0, as in names. */
      readonly block: number;
    }
  | {
      /** `vision` and `language` are what is in no block: patch embedding; token embedding, final norm, head. */
      readonly part: 'vision' | 'projector' | 'language';
      readonly block: null;
    }
);

const BLOCK = /^(model\.layers|visual\.blocks)\.(\d+)\./;
/** Order counts. */
const PREFIXES = [
  ['visual.merger.', 'projector'],
  ['visual.deepstack_merger_list.', 'projector'],
  ['visual.', 'vision'],
  ['', 'language'],
] as const;

/** @param name canonical (see `canonicalName`); one of no known part counts as `language` */
export function tensorPlace(name: string): TensorPlace {
  const [start = '', list, number] = BLOCK.exec(name) ?? [];
  const below = (prefix: string): string => name.slice(prefix.length);
  if (list !== undefined) {
    const part = list === 'model.layers' ? 'layer' : 'visionBlock';
    return { part, block: Number(number), within: below(start) };
  }
  const [prefix, part] = PREFIXES.find(([prefix]) => name.startsWith(prefix)) ?? PREFIXES[3];
  return { part, block: null, within: below(prefix) };
}

/** How many LLM layers or vision blocks the names speak of: the highest number and those before it. */
export function blockCount(names: Iterable<string>, part: 'layer' | 'visionBlock'): number {
  const blocks = [...names].map(tensorPlace).flatMap((place) => (place.part === part ? [place.block] : []));
  return blocks.reduce((most, block) => Math.max(most, block), -1) + 1;
}
