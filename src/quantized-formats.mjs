/** What `quantize` takes, of the shell and of the page. */

/** What a folder can be quantized to. */
export const QUANTIZED_FORMATS = /** @type {const} */ ([
  'compressed-tensors',
  'awq',
  'gguf-q8_0',
  'gguf-q4_0',
]);

/** Bits of a code. */
export const CODE_BITS = /** @type {const} */ (['4', '8']);

/** Input columns that share a scale, or all of an output channel. */
export const GROUPS = /** @type {const} */ (['32', '64', '128', 'channel']);

/** Most new tokens of an answer that the original and the quantized model are compared on. */
export const COMPARED_TOKENS = 128;
