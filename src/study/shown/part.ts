import type { Json } from '../../identity/canonical-json.ts';

/** What is kept with measured work so that it can be listed, and shown without loading anything. Type alias, since a JSON value has no other fields. */
export type ShownPart = {
  /** "Token swap of RL on pairs". */
  readonly title: string;
  /** Its settings, in a line. */
  readonly told: string;
  /** "100 samples". */
  readonly n: string;
  /** What the page lays it out of again. */
  readonly given: Json;
};
