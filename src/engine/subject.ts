/** Names an opened checkpoint for as long as the engine lives. */
export type ModelId = string & { readonly __brand: 'ModelId' };

/**
 * What is run: each LLM layer from one resident checkpoint, everything else (vision tower, projector,
 * embeddings, final norm, head) from one more. A plain model is the case in which all are the same.
 */
export interface Subject {
  readonly layers: readonly ModelId[];
  readonly rest: ModelId;
  /** Where the final norm and the head come from; default `rest`. */
  readonly head?: ModelId;
}

/** The subject that is one checkpoint, whole. `layers` is its number of LLM layers. */
export function wholeModel(id: ModelId, layers: number): Subject {
  return { layers: Array.from({ length: layers }, () => id), rest: id };
}

/** The checkpoints that any of them is made of, each once. */
export function modelsOf(subjects: readonly Subject[]): readonly ModelId[] {
  return [...new Set(subjects.flatMap(({ layers, rest, head = rest }) => [rest, head, ...layers]))];
}
