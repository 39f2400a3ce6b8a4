/** What of a tokenizer.json is refused before a tokenizer is made of it. */
import { overLimit } from '../checkpoint/limits.ts';
import { NamedError } from '../named-error.ts';

const FILE = 'tokenizer.json';
/** The largest published vocabularies have 262,144 tokens. */
const MAX_TOKENS = 2 ** 20;
/** Byte-pair vocabularies have nearly one merge for each token; some list each in several ways. */
const MAX_MERGES = 2 ** 21;
/** Models that write places as tokens add some thousands. */
const MAX_ADDED_TOKENS = 100_000;
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
  if (Array.isArray(merges)) checkMerges(merges);
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
    return;
  }
  const entries = Object.entries(vocab);
  most('tokens', entries.length, MAX_TOKENS, place);
  for (const [token, id] of entries) checkToken(token, id, place);
}

function checkAdded(added: readonly unknown[]): void {
  const place = 'added_tokens';
  most('added tokens', added.length, MAX_ADDED_TOKENS, place);
  for (const token of added) {
    const content = field(token, 'content');
    if (typeof content !== 'string') throw invalid('an added token has no text', place);
    checkToken(content, field(token, 'id'), place);
  }
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

function checkMerges(merges: readonly unknown[]): void {
  const place = 'model.merges';
  most('merges', merges.length, MAX_MERGES, place);
  const isPair = (merge: unknown): boolean =>
    Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === 'string');
  const wrong = merges.findIndex((merge) => typeof merge !== 'string' && !isPair(merge));
  if (wrong >= 0) throw invalid(`merge ${wrong} is not a pair of tokens`, place);
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
