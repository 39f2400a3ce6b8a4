import type { StoredBlocks } from '../../engine/protocol/checkpoint.ts';
import type { WeightDtype } from '../../engine/protocol/device.ts';
import type { StoredMatrices } from '../../engine/protocol/loading.ts';
import { t } from './texts.ts';

/** What loading in `dtype` makes of tensors that are stored quantized, a sentence. */
export function plannedText({ q4, q8, other }: StoredBlocks, dtype: WeightDtype): string {
  const total = q4 + q8 + other;
  const asStored = dtype === 'q4' ? q4 : dtype === 'q8' ? q8 : 0;
  if (dtype === 'f32') return t.quantized.exact(total);
  if (asStored === total) return t.quantized.asStored(total);
  if (asStored === 0) return t.quantized.rounded(total, dtype);
  return t.quantized.both(total, asStored, dtype);
}

/** What became of them. */
export function loadedText({ asStored, decoded }: StoredMatrices, dtype: WeightDtype): string {
  const { wasStored, wasExact, wasRounded, together } = t.quantized;
  const rounded = dtype === 'f32' ? wasExact(decoded) : wasRounded(decoded, dtype);
  return together([...(asStored > 0 ? [wasStored(asStored)] : []), ...(decoded > 0 ? [rounded] : [])]);
}
