/**
 * What a folder may hold at most, so that nothing it says takes more memory or time than a person would wait for. Each limit
 * is far above what any published model needs; docs/checkpoints.md lists them all.
 */
import { NamedError } from '../named-error.ts';

/** Configs, templates and the like: the largest published tokenizer_config.json have about 1 MB. */
export const MAX_SMALL_FILE_BYTES = 8 * 2 ** 20;
/** tokenizer.json of Qwen2.5-VL has 7 to 11 MB, that of Gemma 3, the largest published, 33 MB. */
export const MAX_VOCABULARY_FILE_BYTES = 40 * 2 ** 20;
/** 20,000 tensors at 400 bytes each; the index of a 72B model has 0.1 MB. */
export const MAX_INDEX_BYTES = 8 * 2 ** 20;
/** Qwen2.5-VL-72B has 1,400 tensors; of each some bytes are read when a folder opens. */
export const MAX_TENSORS = 20_000;
/** The longest name in Qwen2.5-VL has 50 characters. */
export const MAX_NAME_CHARACTERS = 1024;
/** As many as an array of NumPy 2 can have; a weight of the model has five at most. */
export const MAX_DIMENSIONS = 64;
/** The 405B model of the largest family published has 191 shards. */
export const MAX_SHARDS = 1000;
/** Headers, configs and tokenizers nest seven deep at most. */
export const MAX_JSON_DEPTH = 64;
/**
 * Objects, lists and their members in one JSON: each takes some 0.3 µs to parse, twice. tokenizer.json of Qwen2.5-VL has 0.6
 * million, that of Gemma 3, with merges as pairs, 1.8 million.
 */
export const MAX_JSON_VALUES = 3_000_000;
/** A list of numbers in a config: end tokens, blocks with full attention. */
export const MAX_LIST_ITEMS = 10_000;
/** The longest context published is of 10 million tokens. */
export const MAX_CONTEXT = 2 ** 24;
/** A resized picture of 85,000 tokens, two thirds of Qwen2.5-VL's longest context; its patches take 1.6 GB. */
export const MAX_RESIZED_PIXELS = 2 ** 26;
/** What one folder tells a person; what is said twice as often is not read. */
export const MAX_NOTICES = 100;

/** The error of whatever is over one of these limits: `what` is counted, `found` of it, `limit` are taken. */
export function overLimit(
  what: string,
  found: number | string,
  limit: number,
  place: { file?: string; tensor?: string; field?: string },
  remedy = 'use the files that were published with the model',
): NamedError {
  return new NamedError('OverLimit', `${what}: ${found}; the limit is ${limit}`, place, remedy);
}
