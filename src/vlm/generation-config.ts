/** What generation_config.json asks for besides end tokens. */

/**
 * The repetition penalty that a folder asks for, as `generate` of transformers would apply it; 1, none, where it asks for
 * none or for no number above 0, which transformers refuses.
 *
 * @param json generation_config.json, parsed; undefined where the folder has none
 */
export function askedRepetitionPenalty(json: unknown): number {
  const penalty =
    typeof json === 'object' && json !== null && 'repetition_penalty' in json ? json.repetition_penalty : 1;
  return typeof penalty === 'number' && Number.isFinite(penalty) && penalty > 0 ? penalty : 1;
}

/** What a person should know of it: an answer of transformers may be another one. None where the penalty is 1. */
export function penaltyNotices(penalty: number): readonly string[] {
  if (penalty === 1) return [];
  return [
    `generation_config.json asks for a repetition penalty of ${penalty}, which generate of transformers applies. Here answers of ` +
      `Try it and generate have it where it is asked for ("Repetition penalty", --repetition-penalty ${penalty}); probes and evaluations have none.`,
  ];
}
