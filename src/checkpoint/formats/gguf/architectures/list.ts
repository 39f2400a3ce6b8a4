/** Every architecture whose GGUF files are read. */
import type { GgufArchitecture } from './architecture.ts';
import { GGUF_QWEN2_5_VL, GGUF_QWEN2_VL } from './qwen2vl.ts';
import { GGUF_QWEN3_VL } from './qwen3vl.ts';

export const GGUF_ARCHITECTURES: readonly GgufArchitecture[] = [
  GGUF_QWEN2_5_VL,
  GGUF_QWEN2_VL,
  GGUF_QWEN3_VL,
];
