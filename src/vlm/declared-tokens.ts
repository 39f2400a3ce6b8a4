/** Tokens that other files declare beside tokenizer.json. */
import { listing } from '../checkpoint/listing.ts';
import { NamedError } from '../named-error.ts';

/** Tokens and their ids: what older versions of transformers wrote in place of `added_tokens_decoder`. */
export const ADDED_TOKENS = 'added_tokens.json';

/**
 * transformers adds tokens that only `added_tokens_decoder` of tokenizer_config.json names or, where that has none,
 * added_tokens.json; they would be cut into pieces here.
 *
 * @throws NamedError `InvalidTokenizer` where tokenizer.json lacks one of them
 */
export function checkDeclaredTokens(
  tokenizerJson: unknown,
  tokenizerConfig: unknown,
  addedTokens: unknown,
): void {
  const added = field(tokenizerJson, 'added_tokens');
  const known = new Set(Array.isArray(added) ? added.map((token: unknown) => field(token, 'content')) : []);
  const decoder = field(tokenizerConfig, 'added_tokens_decoder');
  const lacking = (decoder === undefined ? namesOf(addedTokens) : contentsOf(decoder)).filter(
    (token) => !known.has(token),
  );
  if (lacking.length === 0) return;
  const place =
    decoder === undefined
      ? { file: ADDED_TOKENS }
      : { file: 'tokenizer_config.json', field: 'added_tokens_decoder' };
  throw new NamedError(
    'InvalidTokenizer',
    `${place.file} adds tokens that tokenizer.json does not have: ${listing(lacking)}`,
    place,
    'AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) writes both alike',
  );
}

function contentsOf(decoder: unknown): readonly string[] {
  if (typeof decoder !== 'object' || decoder === null) return [];
  return Object.values(decoder).flatMap((token: unknown) => {
    const content = field(token, 'content');
    return typeof content === 'string' ? [content] : [];
  });
}

/** @throws NamedError `InvalidTokenizer` */
function namesOf(addedTokens: unknown): readonly string[] {
  if (addedTokens === undefined) return [];
  if (typeof addedTokens === 'object' && addedTokens !== null && !Array.isArray(addedTokens))
    return Object.keys(addedTokens);
  throw new NamedError(
    'InvalidTokenizer',
    'it is no object of tokens and their ids',
    { file: ADDED_TOKENS },
    'AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) writes it anew; where it adds nothing, remove it',
  );
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
