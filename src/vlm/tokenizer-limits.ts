/** What of a tokenizer.json is refused before a tokenizer is made of it. */
import { overLimit } from '../checkpoint/limits.ts';
import { NamedError } from '../named-error.ts';

const FILE = 'tokenizer.json';
type Json = Readonly<Record<string, unknown>>;

/**
 * Qwen2.5-VL has 151,643 tokens, the largest published vocabularies have 262,144. So many, with as many merges as are taken, are
 * made ready, once to decode and once to encode, in 4 s of CPU time.
 */
const MAX_TOKENS = 300_000;
/** Byte-pair vocabularies have nearly one merge for each token, as Qwen2.5-VL (151,387). */
const MAX_MERGES = 400_000;
/** Models that write places as tokens add some thousands. */
const MAX_ADDED_TOKENS = 50_000;
/** Each is compared with all before it and with all added ones that are special. */
export const MAX_ADDITIONAL_TOKENS = 10_000;
/** Each becomes a node of the tree in which added tokens are looked up, some 100 bytes; those of Qwen2.5-VL have 300. */
const MAX_ADDED_CHARACTERS = 1_000_000;
/** Likewise for the pieces of a Unigram vocabulary; 250,000 published ones have 1.8 million. */
const MAX_UNIGRAM_CHARACTERS = 2_000_000;
/** Every token of an answer is put into it: the longest of Qwen2.5-VL, a run of blanks, has 128 characters. */
const MAX_TOKEN_CHARACTERS = 1024;
/** Ids index the embedding. */
const MAX_ID = 2 ** 24;
/** Parts of a normalizer, pre-tokenizer or decoder; Qwen2.5-VL has two. */
const MAX_PARTS = 64;
/** How much longer replacements may make a text: Llama's three bytes for a blank, and as much again. */
const MAX_GROWTH = 64;

/**
 * Holds sizes, ids and parts of a parsed tokenizer.json against their limits. What it does not know it leaves to the tokenizer.
 *
 * @throws NamedError `OverLimit`, `InvalidTokenizer`
 */
export function checkTokenizerJson(json: unknown): void {
  const model = field(json, 'model');
  checkVocabulary(field(model, 'vocab'));
  const merges = field(model, 'merges');
  if (Array.isArray(merges)) checkMerges(merges, model as Json);
  else if (merges !== undefined) throw invalid('its merges are not a list', 'model.merges');
  const added = field(json, 'added_tokens');
  if (Array.isArray(added)) checkAdded(added);
  for (const name of ['normalizer', 'pre_tokenizer', 'decoder'] as const) checkParts(field(json, name), name);
}

function checkVocabulary(vocab: unknown): void {
  const place = 'model.vocab';
  if (vocab === undefined) return;
  if (typeof vocab !== 'object' || vocab === null) throw invalid('its vocabulary is not an object', place);
  if (Array.isArray(vocab)) {
    most('tokens', vocab.length, MAX_TOKENS, place);
    const characters = vocab.reduce<number>((sum, piece) => sum + lengthOf((piece as unknown[])?.[0]), 0);
    most('characters of all tokens', characters, MAX_UNIGRAM_CHARACTERS, place);
    return;
  }
  const entries = Object.entries(vocab);
  most('tokens', entries.length, MAX_TOKENS, place);
  for (const [token, id] of entries) checkToken(token, id, place);
}

function checkAdded(added: readonly unknown[]): void {
  const place = 'added_tokens';
  most('added tokens', added.length, MAX_ADDED_TOKENS, place);
  let characters = 0;
  for (const token of added) {
    const content = field(token, 'content');
    if (typeof content !== 'string') throw invalid('an added token has no text', place);
    checkToken(content, field(token, 'id'), place);
    characters += content.length;
  }
  most('characters of all added tokens', characters, MAX_ADDED_CHARACTERS, place);
}

function checkToken(token: string, id: unknown, place: string): void {
  most('characters of a token', token.length, MAX_TOKEN_CHARACTERS, place);
  if (!Number.isSafeInteger(id) || Number(id) < 0 || Number(id) >= MAX_ID) {
    throw invalid(
      `the token ${JSON.stringify(token)} has the id ${String(id)}, which is not an integer from 0 to ${MAX_ID - 1}`,
      place,
    );
  }
}

function checkMerges(merges: readonly unknown[], model: Json): void {
  const place = 'model.merges';
  most('merges', merges.length, MAX_MERGES, place);
  const isText = (merge: unknown): boolean =>
    typeof merge === 'string' && merge.indexOf(' ') > 0 && merge.indexOf(' ') === merge.lastIndexOf(' ');
  const isPair = (merge: unknown): boolean =>
    Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === 'string');
  // All are written in one way: the first tells which.
  const isMerge = typeof merges[0] === 'string' ? isText : isPair;
  const wrong = merges.findIndex((merge) => !isMerge(merge));
  if (wrong >= 0) throw invalid(`merge ${wrong} is not a pair of tokens`, place);
  checkMerged(merges as readonly (string | readonly string[])[], model);
}

/** A merge of what the vocabulary does not hold would be made all the same, and its result be no token. */
function checkMerged(merges: readonly (string | readonly string[])[], model: Json): void {
  const { vocab, continuing_subword_prefix: prefix } = model;
  // With a prefix the whole is not its parts one after the other.
  if (typeof vocab !== 'object' || vocab === null || Array.isArray(vocab) || prefix) return;
  const isKnown = (token: string): boolean => Object.hasOwn(vocab, token);
  for (const [index, merge] of merges.entries()) {
    const parts = typeof merge === 'string' ? merge.split(' ') : merge;
    if (isKnown(parts.join('')) && parts.every(isKnown)) continue;
    const what = `merge ${index}, of ${parts.map((part) => JSON.stringify(part)).join(' and ')}, is of tokens that it lacks`;
    throw invalid(what, 'model.merges');
  }
}

/** A normalizer, pre-tokenizer or decoder, or a sequence of such. */
function checkParts(root: unknown, place: 'normalizer' | 'pre_tokenizer' | 'decoder'): void {
  const parts = flattened(root, place);
  let growth = 1;
  for (const part of parts) {
    const type = field(part, 'type');
    const pattern = field(part, 'pattern');
    // Decoding goes on with every token, where nobody can wait for a pattern that does not end.
    if (place === 'decoder' && field(pattern, 'Regex') !== undefined) {
      throw new NamedError(
        'UnsupportedTokenizer',
        'the decoder replaces by a regular expression; supported are fixed texts',
        { file: FILE, field: place },
        REMEDY,
      );
    }
    const content = field(part, type === 'Prepend' ? 'prepend' : 'content');
    if ((type === 'Replace' || type === 'Prepend') && typeof content === 'string')
      growth *= content.length + 1;
    most('times that replacements can make a text longer', growth, MAX_GROWTH, place);
  }
}

function flattened(root: unknown, place: string): readonly unknown[] {
  const flat: unknown[] = [];
  const waiting = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    flat.push(part);
    most('parts', flat.length, MAX_PARTS, place);
    for (const name of ['normalizers', 'pretokenizers', 'decoders']) {
      const inner = field(part, name);
      if (!Array.isArray(inner)) continue;
      most('parts', inner.length, MAX_PARTS, place);
      waiting.push(...(inner as unknown[]));
    }
  }
  return flat;
}

const REMEDY = 'Use the tokenizer.json of the model this checkpoint was made from.';

const lengthOf = (token: unknown): number => (typeof token === 'string' ? token.length : 0);

function most(what: string, found: number, limit: number, field: string): void {
  if (found > limit) throw overLimit(what, found, limit, { file: FILE, field }, REMEDY);
}

function invalid(what: string, field: string): NamedError {
  return new NamedError(
    'InvalidTokenizer',
    `tokenizer.json cannot be used: ${what}`,
    { file: FILE, field },
    REMEDY,
  );
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
