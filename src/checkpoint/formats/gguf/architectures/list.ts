/** Every architecture whose GGUF files are read. */
import { NamedError } from '../../../../named-error.ts';
import type { GgufArchitecture } from './architecture.ts';
import { GGUF_QWEN2_5_VL, GGUF_QWEN2_VL } from './qwen2vl.ts';
import { GGUF_QWEN3_VL } from './qwen3vl.ts';

export const GGUF_ARCHITECTURES: readonly GgufArchitecture[] = [
  GGUF_QWEN2_5_VL,
  GGUF_QWEN2_VL,
  GGUF_QWEN3_VL,
];

/** The one that a folder's config.json names. @throws NamedError `UnsupportedArchitecture` */
export function writtenArchitecture(modelType: unknown): GgufArchitecture {
  const byName = new Map<unknown, GgufArchitecture>(GGUF_ARCHITECTURES.map((one) => [one.modelType, one]));
  const found = byName.get(modelType);
  if (found) return found;
  throw new NamedError(
    'UnsupportedArchitecture',
    `the model is of type ${String(modelType)}; GGUF files are written of ${[...byName.keys()].join(', ')}`,
    { file: 'config.json', field: 'model_type' },
    'take another format',
  );
}
