import type { OpenedCheckpoint } from '../engine/protocol/checkpoint.ts';
import type { LoadedModel } from '../engine/protocol/loading.ts';
import { version } from '../version.ts';

/** Where a result comes from: app, checkpoint, device, rounding, seed. */
export function provenance(summary: OpenedCheckpoint, loaded?: LoadedModel, seed?: number): object {
  return {
    version,
    model: summary.name,
    ...(summary.format === undefined ? {} : { format: summary.format }),
    fingerprint: summary.fingerprint,
    files: summary.files,
    weightFiles: summary.weightFiles,
    notices: summary.notices,
    // Probes and evaluations decode without it (docs/method.md §15).
    ...(summary.repetitionPenalty === 1 ? {} : { askedRepetitionPenalty: summary.repetitionPenalty }),
    // SHA-256 of config, tokenizer, chat template and image processor: what of a folder decides answers beside its weights.
    smallFiles: summary.smallFiles,
    ...(loaded
      ? {
          ...{ device: loaded.device, adapter: loaded.adapter },
          ...{ dtype: loaded.dtype, quantization: loaded.quantization },
          ...(loaded.stored ? { stored: loaded.stored } : {}),
          // What DeepStack adds to the hidden states (docs/method.md §2.1); swap and ablate may change it.
          ...(summary.injectedAfter ? { injectedAfter: summary.injectedAfter, injection: 'kept' } : {}),
        }
      : {}),
    ...(seed === undefined ? {} : { seed }),
  };
}
