import { ROLE_LABELS, type Role } from '../../roles.mjs';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import {
  attentionByLayer,
  type AttentionShiftFile,
  attentionShiftFile,
  type ModelLayers,
} from '../../probes/attention/layer-means.ts';
import type { AttentionRecord, AttentionShift } from '../../probes/attention/shift.ts';
import { intervalName } from '../../statistics/interval-kind.ts';

/** How an attention shift was run, beside what its records say. */
export interface AttentionFacts {
  readonly reading: Required<ImageReading>;
  readonly running: AttentionShift['running'];
  /** Name of the model whose answer all read; of no matter where each reads its own. */
  readonly forcedBy: string;
  readonly onlyThink: boolean;
  readonly maxNewTokens: number;
  readonly seed: number;
  /** How many questions there were to draw from. */
  readonly of: number;
  /** By the models' names in the records, where each comes from (`provenance`, with the seed). */
  readonly provenance: Readonly<Record<string, object>>;
  /** Also the mass of every head. */
  readonly heads: boolean;
}

/** `attention_shift.json` of the last two models that the records compare, IN and RL, with Base where it is before them; null where there are fewer. */
export function attentionResult(
  records: readonly AttentionRecord[],
  { reading, running, forcedBy, onlyThink, maxNewTokens, seed, of, provenance, heads }: AttentionFacts,
): AttentionShiftFile | null {
  const models = attentionByLayer(records);
  const [before, after] = models.slice(-2);
  const base = models.slice(0, -2).find(({ name }) => name === ROLE_LABELS.base) ?? null;
  if (!before || !after) return null;
  const detail = (model: ModelLayers): object => ({
    ...provenance[model.name],
    ...{ n: model.n, without: model.without },
    layers: model.layers.map((layer) => ({
      ...{ layer: layer.layer, mass: layer.mass.interval, mean: layer.mean.interval },
      ...(heads ? { heads: layer.heads } : {}),
    })),
  });
  const roles = new Map<string, Role>([
    [before.name, 'in'],
    [after.name, 'rl'],
  ]);
  const metadata = {
    running,
    ...(running === 'teacher-forced' ? { forcedBy: roles.get(forcedBy) ?? forcedBy } : {}),
    ...{ onlyThink, maxNewTokens, seed, n: records.length, of },
    frankenscope: {
      ...{ ...reading, intervals: intervalName('student') },
      ...{ ...(base ? { base: detail(base) } : {}), in: detail(before), rl: detail(after) },
    },
  };
  return attentionShiftFile(before, after, metadata, base);
}
