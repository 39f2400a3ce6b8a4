import type { OpenedCheckpoint } from '../engine/protocol.ts';
import type { Subject } from '../engine/subject.ts';
import { NamedError } from '../named-error.ts';
import { parseBlocks } from '../merge/recipe/blocks.ts';
import { sha256OfText } from '../sha256.ts';

/** Who is asked: a model on this machine or elsewhere. */
export interface Asked {
  readonly name: string;
  /** SHA-256 over what each layer and the rest come from: equal models have equal answers, whatever they are called. */
  readonly fingerprint: string;
  /** The checkpoints it takes a part from, each once. Its answers are kept with them. */
  readonly sources: readonly Source[];
}

export interface Source {
  readonly name: string;
  readonly fingerprint: string;
}

/** A model under evaluation: a checkpoint or a stitch of several, run from the same buffers. */
export interface Variant extends Asked {
  readonly subject: Subject;
}

/** Where a variant's parts come from, by name: "IN", "RL". */
export type Donors = Readonly<Record<string, OpenedCheckpoint>>;

/**
 * A block merge of method §7, e.g. `IN:RL:RL`: everything but the layers comes from the donor of the Early region.
 *
 * @throws NamedError those of `parseBlocks`, and `IncompatibleCheckpoints` where layer counts differ.
 */
export async function blockVariant(
  blocks: string,
  donors: Donors,
  cuts?: readonly number[],
): Promise<Variant> {
  const names = Object.keys(donors);
  const layers = layerCount(donors);
  const regions = blocks.split(':').length;
  const recipe = parseBlocks(
    blocks,
    names,
    layers,
    regions === 1 || regions - 1 !== cuts?.length ? undefined : cuts,
  );
  const perLayer = recipe.layers.map((name) => (donors[name] as OpenedCheckpoint).id);
  const rest = donors[recipe.layers[0] as string] as OpenedCheckpoint;
  return subjectVariant(blocks, { layers: perLayer, rest: rest.id }, Object.values(donors));
}

/** Any subject under a name. `opened` holds every checkpoint it takes a part from. */
export async function subjectVariant(
  name: string,
  subject: Subject,
  opened: readonly OpenedCheckpoint[],
): Promise<Variant> {
  const prints = new Map(opened.map(({ id, fingerprint }) => [id, fingerprint]));
  const ids = [subject.rest, ...subject.layers];
  const parts = ids.map((id) => prints.get(id) ?? id);
  const sources = opened
    .filter(({ id }) => ids.includes(id))
    .map(({ name: source, fingerprint }) => ({ name: source, fingerprint }));
  return { name, subject, fingerprint: await sha256OfText(parts.join('\n')), sources };
}

function layerCount(donors: Donors): number {
  const counts = Object.entries(donors).map(([name, { layers }]) => [name, layers] as const);
  const [, layers = 0] = counts[0] ?? [];
  const other = counts.find(([, own]) => own !== layers);
  if (!other) return layers;
  throw new NamedError(
    'IncompatibleCheckpoints',
    `${counts[0]?.[0]} has ${layers} layers, ${other[0]} has ${other[1]}`,
    {},
    'stitch checkpoints of one architecture',
  );
}
