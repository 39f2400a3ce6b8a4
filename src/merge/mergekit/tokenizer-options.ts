/** What a mergekit file says of tokenizer and chat template. */
import type { NamedError } from '../../named-error.ts';
import type { FieldErrors, Fields } from './fields.ts';
import type { ModelReference } from './model-reference.ts';

/** What is asked of the file. */
interface OptionsFile extends FieldErrors {
  readonly root: Fields;
  model(value: unknown, field: string): ModelReference;
  refusal(what: string, field: string): NamedError;
}

export interface TokenizerOptions {
  /** Jinja source that the merge is to have; null where it keeps the frame's. */
  readonly chatTemplate: string | null;
  /** Whose tokenizer the merge is to have, and the field that says so; null where nothing is said, or the base model's. */
  readonly source: { readonly model: ModelReference; readonly field: string } | null;
  readonly notices: readonly string[];
}

/** mergekit takes a shorter text for the name of one of its own templates. */
const SHORTEST_TEMPLATE = 20;
// There, embeddings and head lose the rows that no token of the tokenizer has.
const ROWS_STAY = "the frame's tokenizer stays, and every row of the embeddings.";

/**
 * Reads `chat_template`, `tokenizer` and `tokenizer_source`.
 *
 * @throws NamedError `InvalidMergekit`; `NotARecipe` for what would make other embeddings than the frame's
 */
export function readTokenizerOptions(file: OptionsFile): TokenizerOptions {
  const { root } = file;
  const tokenizer = root.object('tokenizer');
  if (tokenizer && root.has('tokenizer_source')) {
    throw file.invalid('tokenizer and tokenizer_source are both given', 'tokenizer_source');
  }
  if (tokenizer?.has('tokens')) {
    throw file.refusal('rows of embeddings are not set token by token here', 'tokenizer.tokens');
  }
  if (tokenizer?.has('pad_to_multiple_of')) {
    throw file.refusal('embeddings are not padded here', 'tokenizer.pad_to_multiple_of');
  }
  const field = tokenizer ? 'tokenizer.source' : 'tokenizer_source';
  const said = tokenizer ? (tokenizer.value('source') ?? 'union') : root.value('tokenizer_source');
  if (said === 'union') throw file.refusal('tokenizers are not united here', field);
  const { chatTemplate, notices } = chatTemplateOf(file);
  if (said === undefined) return { chatTemplate, source: null, notices };
  const shown = typeof said === 'string' ? said : JSON.stringify(said);
  return {
    chatTemplate,
    source: said === 'base' ? null : { model: file.model(said, field), field },
    notices: [`${field}: ${shown} is not applied: ${ROWS_STAY}`, ...notices],
  };
}

function chatTemplateOf(file: OptionsFile): Pick<TokenizerOptions, 'chatTemplate' | 'notices'> {
  const template = file.root.value('chat_template') ?? '';
  if (typeof template !== 'string') throw file.invalid('it is not a text', 'chat_template');
  if (template === '') return { chatTemplate: null, notices: [] };
  if (template === 'auto') {
    const notice =
      "chat_template: auto is not applied: the frame's template stays; mergekit takes the one that most models have.";
    return { chatTemplate: null, notices: [notice] };
  }
  if (template.length >= SHORTEST_TEMPLATE && template.includes('{')) {
    return { chatTemplate: template, notices: [] };
  }
  throw file.refusal(
    `${template} is not a template, or is the name of one that only mergekit has`,
    'chat_template',
  );
}
