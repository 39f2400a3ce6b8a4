import { tensorPlace } from '../checkpoint/tensor-place.ts';
import { NamedError } from '../named-error.ts';
import { architectureOf } from './architecture.ts';
import type { DecoderDesign, Projector, VisionDesign } from './architectures/architecture.ts';
import type { TextConfig, VisionConfig, VlmConfig } from './config.ts';
import { checkCounts } from './layer-counts.ts';

export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

type Linear = readonly [name: string, out: number, into: number, bias: boolean];

function linears(prefix: string, list: readonly Linear[]): WeightSpec[] {
  return list.flatMap(([name, out, into, bias]) => [
    { name: `${prefix}.${name}.weight`, shape: [out, into] },
    ...(bias ? [{ name: `${prefix}.${name}.bias`, shape: [out] }] : []),
  ]);
}

/**
 * Every tensor a checkpoint of this configuration must hold, with canonical names (the hub's older spelling:
 * `model.layers.N.…`, `visual.blocks.N.…`) and row-major shapes, linear layers `[out, in]`.
 * `lm_head.weight` is absent when the head is tied to the embedding.
 */
export function expectedWeights(config: VlmConfig): readonly WeightSpec[] {
  const { text, vision } = config;
  const architecture = architectureOf(config);
  const embedding = [text.vocabSize, text.hiddenSize];
  return [
    ...towerWeights(vision, architecture.vision),
    ...architecture
      .projectors(vision)
      .flatMap((projector) => projectorWeights(vision, architecture.vision, projector)),
    { name: 'model.embed_tokens.weight', shape: embedding },
    ...Array.from({ length: text.layers }, (_, n) =>
      layerWeights(`model.layers.${n}`, text, architecture.decoder),
    ).flat(),
    { name: 'model.norm.weight', shape: [text.hiddenSize] },
    ...(text.tieWordEmbeddings ? [] : [{ name: 'lm_head.weight', shape: embedding }]),
  ];
}

function norm(name: string, size: number, kind: VisionDesign['norm']): WeightSpec[] {
  return (kind === 'rms' ? ['weight'] : ['weight', 'bias']).map((part) => ({
    name: `${name}.${part}`,
    shape: [size],
  }));
}

function towerWeights(vision: VisionConfig, design: VisionDesign): readonly WeightSpec[] {
  const { hiddenSize: dim, intermediateSize: inner, patchSize } = vision;
  const patch = [dim, vision.inChannels, vision.temporalPatchSize, patchSize, patchSize];
  const [widen, narrow] =
    design.mlp.kind === 'gated'
      ? [['gate_proj', 'up_proj'], 'down_proj']
      : [[design.mlp.names[0]], design.mlp.names[1]];
  const block = (prefix: string): readonly WeightSpec[] => [
    ...norm(`${prefix}.norm1`, dim, design.norm),
    ...norm(`${prefix}.norm2`, dim, design.norm),
    ...linears(prefix, [
      ['attn.qkv', 3 * dim, dim, true],
      ['attn.proj', dim, dim, true],
      ...widen.map((name) => [`mlp.${name}`, inner, dim, true] as const),
      [`mlp.${narrow}`, dim, inner, true],
    ]),
  ];
  return [
    { name: 'visual.patch_embed.proj.weight', shape: patch },
    ...(design.patchBias ? [{ name: 'visual.patch_embed.proj.bias', shape: [dim] }] : []),
    ...(vision.positionTableSide === undefined
      ? []
      : [{ name: 'visual.pos_embed.weight', shape: [vision.positionTableSide ** 2, dim] }]),
    ...Array.from({ length: vision.depth }, (_, n) => block(`visual.blocks.${n}`)).flat(),
  ];
}

function projectorWeights(
  { hiddenSize, spatialMergeSize, outHiddenSize }: VisionConfig,
  design: VisionDesign,
  { prefix, names, mergesFirst }: Projector,
): readonly WeightSpec[] {
  const merged = hiddenSize * spatialMergeSize ** 2;
  return [
    ...norm(`${prefix}.${names[0]}`, mergesFirst ? merged : hiddenSize, design.norm),
    ...linears(prefix, [
      [names[1], merged, merged, true],
      [names[2], outHiddenSize, merged, true],
    ]),
  ];
}

function layerWeights(
  layer: string,
  { hiddenSize: hidden, headDim, heads, kvHeads, intermediateSize: inner }: TextConfig,
  { qkvBias, qkNorm }: DecoderDesign,
): readonly WeightSpec[] {
  const kv = kvHeads * headDim;
  const headNorms = qkNorm ? ['q_norm', 'k_norm'] : [];
  return [
    { name: `${layer}.input_layernorm.weight`, shape: [hidden] },
    ...linears(layer, [
      ['self_attn.q_proj', heads * headDim, hidden, qkvBias],
      ['self_attn.k_proj', kv, hidden, qkvBias],
      ['self_attn.v_proj', kv, hidden, qkvBias],
      ['self_attn.o_proj', hidden, heads * headDim, false],
    ]),
    ...headNorms.map((name) => ({ name: `${layer}.self_attn.${name}.weight`, shape: [headDim] })),
    { name: `${layer}.post_attention_layernorm.weight`, shape: [hidden] },
    ...linears(layer, [
      ['mlp.gate_proj', inner, hidden, false],
      ['mlp.up_proj', inner, hidden, false],
      ['mlp.down_proj', hidden, inner, false],
    ]),
  ];
}

const NAMED_AT_MOST = 3;

function list(names: readonly string[]): string {
  const rest = names.length - NAMED_AT_MOST;
  return names.slice(0, NAMED_AT_MOST).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** What sets it right where one of the two matrices that may be one is all that is missing. */
function oneOfTwo(missing: string | undefined, config: VlmConfig): string | undefined {
  if (missing === 'lm_head.weight') {
    return (
      'Set tie_word_embeddings to true in config.json if the head is the embedding, or add the shard that holds it; ' +
      `a folder that AutoModel saved holds no head: save the whole ${architectureOf(config).classes[0]}.`
    );
  }
  if (missing !== 'model.embed_tokens.weight') return undefined;
  return 'Set tie_word_embeddings to true in config.json if the embedding is the head, or add the shard that holds it.';
}

/**
 * Compares the tensors found (canonical name → shape, dtype) with those the configuration calls for. The error's `what` names the first few; its `cause` is the full list of names.
 *
 * @throws InvalidConfig for more layers or blocks than the tensors could fill, before a list of them is made.
 * @throws MissingTensor when some are absent.
 * @throws WrongShape when some have another shape.
 */
export function checkWeights(
  config: VlmConfig,
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly dtype: string }>,
): void {
  checkCounts(config, tensors);
  const expected = expectedWeights(config);
  const missing = expected.filter(({ name }) => !tensors.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    const others = missing.length === expected.length ? [...tensors.keys()] : [];
    if (others.length > 0) throw unknownNames(others, missing);
    throw new NamedError(
      'MissingTensor',
      `${missing.length} of ${expected.length} tensors are missing: ${list(missing)}`,
      { tensor: missing[0] ?? '' },
      (missing.length === 1 && !config.text.tieWordEmbeddings ? oneOfTwo(missing[0], config) : undefined) ??
        'Add the missing shards, or the config.json that belongs to these files.',
      { cause: missing },
    );
  }
  const wrong = expected.filter(({ name, shape }) => {
    const found = tensors.get(name)?.shape ?? [];
    return found.length !== shape.length || found.some((size, axis) => size !== shape[axis]);
  });
  if (wrong.length > 0) {
    const shown = wrong.map(
      ({ name, shape }) =>
        `${name} is [${tensors.get(name)?.shape.join(', ') ?? ''}], not [${shape.join(', ')}]`,
    );
    throw new NamedError(
      'WrongShape',
      `${wrong.length} tensors do not fit config.json: ${list(shown)}`,
      { tensor: wrong[0]?.name ?? '' },
      'Use the config.json that was published with these weights.',
      { cause: wrong.map(({ name }) => name) },
    );
  }
}

/** Not a tensor is there under its name: a prefix stands before all, such as torch.compile's `_orig_mod.`. */
function unknownNames(found: readonly string[], missing: readonly string[]): NamedError {
  return new NamedError(
    'MissingTensor',
    `none of the ${found.length} tensors has a name of the model's: there are ${list(found)} where ${list(missing)} are wanted`,
    { tensor: missing[0] ?? '' },
    "Save the model itself again, not a wrapper of it: a wrapper's prefix stands before every name.",
    { cause: missing },
  );
}

/** A sentence on layers that are stored and beyond the number in config.json: transformers leaves them out, too. */
export function layersBeyond({ text, vision }: VlmConfig, names: Iterable<string>): readonly string[] {
  const beyond = new Map<string, Set<number>>();
  for (const name of names) {
    const { part, block } = tensorPlace(name);
    const count = part === 'layer' ? text.layers : vision.depth;
    if (block === null || block < count) continue;
    const kind = part === 'layer' ? 'model.layers' : 'visual.blocks';
    beyond.set(kind, (beyond.get(kind) ?? new Set()).add(block));
  }
  return [...beyond].map(
    ([kind, indices]) =>
      `The weights hold ${list([...indices].sort((a, b) => a - b).map((index) => `${kind}.${index}`))} beyond the ` +
      `${kind === 'model.layers' ? text.layers : vision.depth} that config.json counts: not used, as in transformers.`,
  );
}
