/** @import {Plugin} from 'vite' */

/**
 * We use @huggingface/transformers for tokenizers and chat templates alone. It imports a whole
 * onnxruntime-web of its own: give it the runtime's interface package instead, which runs nothing.
 * @returns {Plugin}
 */
export function transformersWithoutRuntime() {
  return {
    name: 'frankenscope:transformers-without-runtime',
    enforce: 'pre',
    resolveId(id, importer, options) {
      if (!id.startsWith('onnxruntime-web') || !importer?.includes('@huggingface/transformers')) return null;
      return this.resolve('onnxruntime-common', importer, { ...options, skipSelf: true });
    },
  };
}
