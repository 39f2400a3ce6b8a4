const WEIGHTS = /\.(safetensors|gguf)$/;

/** Whether a file of a merged folder holds weights. */
export function isWeightFile(name: string): boolean {
  return WEIGHTS.test(name);
}
