/** Tokens that tokenizer_config.json declares beside tokenizer.json. */
import { listing } from '../checkpoint/listing.ts';
import { NamedError } from '../named-error.ts';

/**
 * transformers adds tokens that only `added_tokens_decoder` names; they would be cut into pieces here.
 *
 * @throws NamedError `InvalidTokenizer` where tokenizer.json lacks one of them
 */
export function checkDeclaredTokens(tokenizerJson: unknown, tokenizerConfig: unknown): void {
  const added = field(tokenizerJson, 'added_tokens');
  const declared = field(tokenizerConfig, 'added_tokens_decoder');
  if (typeof declared !== 'object' || declared === null) return;
  const known = new Set(Array.isArray(added) ? added.map((token: unknown) => field(token, 'content')) : []);
  const lacking = Object.values(declared).flatMap((token: unknown) => {
    const content = field(token, 'content');
    return typeof content === 'string' && !known.has(content) ? [content] : [];
  });
  if (lacking.length === 0) return;
  throw new NamedError(
    'InvalidTokenizer',
    `tokenizer_config.json adds tokens that tokenizer.json does not have: ${listing(lacking)}`,
    { file: 'tokenizer_config.json', field: 'added_tokens_decoder' },
    'AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) writes both alike',
  );
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
