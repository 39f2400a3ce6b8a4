import type { LinearFormat } from '../graph/weights.ts';
import type { VlmConfig } from '../vlm/config.ts';
import type { EmbeddingTable } from './embedding.ts';
import type { WeightDtype } from './protocol/device.ts';
import type { Seam } from './seams.ts';
import type { ModelId } from './subject.ts';
import type { WeightArrays } from './weights/arrays.ts';
import type { HeadShard } from './weights/plan.ts';

/** A checkpoint whose weights are on a device. */
export interface Resident {
  readonly id: ModelId;
  readonly config: VlmConfig;
  readonly dtype: WeightDtype;
  /** Of its linear layers. */
  readonly format: LinearFormat;
  readonly arrays: WeightArrays;
  readonly headShards: readonly HeadShard[];
  readonly embedding: EmbeddingTable;
}

/** A subject with its donors looked up: one resident checkpoint per LLM layer, one for everything else. */
export interface ResidentSubject {
  readonly layers: readonly Resident[];
  readonly rest: Resident;
  /** Gives the final norm and the head; default `rest`. */
  readonly head?: Resident;
  /** Where others part from it that are asked the same prompts: it is read in runs that end there, and held for them (`SharedLayers`). */
  readonly seams?: readonly Seam[];
}

/** The checkpoint whose final norm and head are used. */
export function headOf({ head, rest }: ResidentSubject): Resident {
  return head ?? rest;
}
