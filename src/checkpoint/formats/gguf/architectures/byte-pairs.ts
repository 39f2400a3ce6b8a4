/** The tokenizer of all Qwen from 2 to 3: `tokenizer.ggml.pre` names its pattern, which the file does not hold. */

export const BYTE_PAIRS = {
  pre: 'qwen2',
  tokenizerClass: 'Qwen2Tokenizer',
  /** Cuts a text before byte pairs are merged. */
  pattern: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  /** Added tokens that the converter takes for control tokens by their look, and that answers show in the original. */
  shown: /^<\|(?:fim_(?:prefix|middle|suffix|pad)|repo_name|file_sep)\|>$/,
} as const;
