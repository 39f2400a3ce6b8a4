import type { StoredBlocks } from '../../engine/protocol/checkpoint.ts';
import type { WeightDtype } from '../../engine/protocol/device.ts';
import type { StoredMatrices } from '../../engine/protocol/loading.ts';
import { counted } from '../format/quantity.ts';

/** What loading in `dtype` makes of tensors that are stored quantized, a sentence. */
export function plannedText({ q4, q8, other }: StoredBlocks, dtype: WeightDtype): string {
  const total = q4 + q8 + other;
  const asStored = dtype === 'q4' ? q4 : dtype === 'q8' ? q8 : 0;
  const quantized = counted(total, 'quantized tensor');
  if (dtype === 'f32') return `${quantized}: decoded exactly.`;
  if (asStored === total) return `${quantized}: loaded as stored, code for code.`;
  if (asStored === 0) return `${quantized}: decoded, then rounded to ${dtype}.`;
  return `${quantized}: ${asStored} loaded as stored, code for code; ${total - asStored} decoded, then rounded to ${dtype}.`;
}

/** What became of them. */
export function loadedText({ asStored, decoded }: StoredMatrices, dtype: WeightDtype): string {
  const rounded = dtype === 'f32' ? 'decoded exactly' : `decoded and rounded to ${dtype}`;
  const parts = [
    ...(asStored > 0 ? [`${asStored} as stored, code for code`] : []),
    ...(decoded > 0 ? [`${decoded} ${rounded}`] : []),
  ];
  return parts.join('; ');
}
