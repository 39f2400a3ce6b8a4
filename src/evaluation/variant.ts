import type { OpenedCheckpoint } from '../engine/protocol/checkpoint.ts';
import type { LoadedModel } from '../engine/protocol/loading.ts';
import type { ModelId, Subject } from '../engine/subject.ts';
import { NamedError } from '../named-error.ts';
import { parseBlocks } from '../merge/recipe/blocks.ts';
import { nameOf } from '../identity/identify.ts';
import { residentModel } from '../identity/resident-model.ts';
import type { FileHashes } from '../vlm/deciding-files.ts';

/** Who is asked: a model on this machine or elsewhere. */
export interface Asked {
  readonly name: string;
  /** SHA-256 over all of it that decides answers: equal models have equal answers, whatever they are called. */
  readonly fingerprint: string;
  /** The checkpoints it takes a part from, each once. Its answers are kept with them. */
  readonly sources: readonly Source[];
  /** Hashes of the small files it answers with: those of the checkpoint that gives everything but layers. None of a service. */
  readonly files?: FileHashes;
  /** What computes it, as far as it tells; undefined of a service. */
  readonly adapter?: string;
}

export interface Source {
  readonly name: string;
  readonly fingerprint: string;
}

/** A model under evaluation: a checkpoint or a stitch of several, run from the same buffers. */
export interface Variant extends Asked {
  readonly subject: Subject;
}

/** A checkpoint that is resident on a device. */
export interface ResidentCheckpoint {
  readonly checkpoint: OpenedCheckpoint;
  readonly model: Pick<LoadedModel, 'device' | 'adapter' | 'dtype'>;
}

/** Where a variant's parts come from, by name: "IN", "RL". */
export type Donors = Readonly<Record<string, ResidentCheckpoint>>;

/**
 * A block merge of docs/method.md §7.1, e.g. `IN:RL:RL`: everything but the layers comes from the donor of the Early region.
 *
 * @param field what asked for it, for errors
 * @throws NamedError those of `parseBlocks`, and `IncompatibleCheckpoints` where layer counts differ.
 */
export async function blockVariant(
  blocks: string,
  donors: Donors,
  cuts?: readonly number[],
  field?: string,
): Promise<Variant> {
  const names = Object.keys(donors);
  const layers = layerCount(donors);
  const regions = blocks.split(':').length;
  const recipe = parseBlocks(
    blocks,
    names,
    layers,
    regions === 1 || regions - 1 !== cuts?.length ? undefined : cuts,
    field,
  );
  const perLayer = recipe.layers.map((name) => (donors[name] as ResidentCheckpoint).checkpoint.id);
  const [rest] = perLayer;
  return subjectVariant(blocks, { layers: perLayer, rest: rest as ModelId }, Object.values(donors));
}

/** Any subject under a name. `resident` holds every checkpoint it takes a part from. */
export async function subjectVariant(
  name: string,
  subject: Subject,
  resident: readonly ResidentCheckpoint[],
): Promise<Variant> {
  const byId = new Map(resident.map((one) => [one.checkpoint.id, one]));
  const find = (id: ModelId): ResidentCheckpoint => {
    const found = byId.get(id);
    if (found) return found;
    throw new RangeError(`${name} takes a part from ${id}, which is not given`);
  };
  const { rest, layers, head = rest } = subject;
  const used = new Set([rest, ...layers, head]);
  const parts = [rest, ...layers, head].map((id) => {
    const { checkpoint, model } = find(id);
    const { fingerprint, device, adapter, dtype } = residentModel(checkpoint, model);
    return { fingerprint, device, adapter, dtype };
  });
  const frame = find(rest);
  // Ids, pixels and the end of an answer are made by the one that gives everything but layers.
  const files = frame.checkpoint.smallFiles;
  return {
    ...{ name, subject, files, adapter: frame.model.adapter },
    fingerprint: await nameOf('variant', { parts, files }),
    sources: resident
      .filter(({ checkpoint }) => used.has(checkpoint.id))
      .map(({ checkpoint }) => ({ name: checkpoint.name, fingerprint: checkpoint.fingerprint })),
  };
}

function layerCount(donors: Donors): number {
  const counts = Object.entries(donors).map(([name, { checkpoint }]) => [name, checkpoint.layers] as const);
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
