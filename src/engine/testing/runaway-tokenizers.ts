/** Changes to a tokenizer.json after which encoding does not end: one for each place that takes a pattern, and each way to run away. */

type Json = Record<string, unknown>;

export interface RunawayTokenizer {
  readonly title: string;
  readonly spoil: (tokenizer: Json) => void;
}

const NESTED = '(\\p{L}+)+\\u0000\\u0001';
const replace = (Regex: string): Json => ({ type: 'Replace', pattern: { Regex }, content: 'b' });
const split = (Regex: string, behavior = 'Isolated', invert = false): RunawayTokenizer['spoil'] =>
  preTokenize({ type: 'Split', pattern: { Regex }, behavior, invert });

function preTokenize(part: Json): RunawayTokenizer['spoil'] {
  return (tokenizer) => {
    tokenizer['pre_tokenizer'] = part;
  };
}

function normalize(part: Json): RunawayTokenizer['spoil'] {
  return (tokenizer) => {
    tokenizer['normalizer'] = part;
  };
}

export const RUNAWAY_TOKENIZERS: readonly RunawayTokenizer[] = [
  { title: 'runaway split', spoil: split(NESTED) },
  { title: 'runaway split of blanks', spoil: split('(\\s*)*\\u0001') },
  { title: 'runaway split of alternatives', spoil: split('^(a|a)*$') },
  { title: 'runaway split that removes', spoil: split(NESTED, 'Removed') },
  { title: 'runaway split that keeps', spoil: split(NESTED, 'Isolated', true) },
  {
    title: 'runaway replacement before splitting',
    spoil: preTokenize({ type: 'Sequence', pretokenizers: [{ type: 'ByteLevel' }, replace(NESTED)] }),
  },
  { title: 'runaway normalizer', spoil: normalize(replace('(.|\\w)*\\u0001')) },
  {
    title: 'runaway normalizer among others',
    spoil: normalize({ type: 'Sequence', normalizers: [replace(NESTED)] }),
  },
  {
    // Tokens are normalized when the tokenizer is made: it never becomes ready.
    title: 'runaway normalizer of an added token',
    spoil(tokenizer) {
      normalize(replace(NESTED))(tokenizer);
      const token = { id: 400, content: 'a'.repeat(64), special: false, normalized: true };
      (tokenizer['added_tokens'] as unknown[]).push({
        ...token,
        single_word: false,
        lstrip: false,
        rstrip: false,
      });
    },
  },
];
