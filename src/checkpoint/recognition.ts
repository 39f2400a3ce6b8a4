import { tensorPlace, type TensorPlace } from './tensor-place.ts';

/** A checkpoint's tensors held against those the model asks for; all names canonical. */
export interface Recognition {
  readonly present: readonly string[];
  readonly missing: readonly string[];
  /** What is stored and no part of the model, each with why; to be shown, never dropped in silence. */
  readonly ignored: readonly { readonly name: string; readonly reason: string }[];
}

/** First match wins. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/\.base_layer\./, 'weight under an adapter that was never merged'],
  [/(^|[._])lora_|\.modules_to_save\./, 'left over from LoRA training'],
  [/(^|\.)(exp_avg|exp_avg_sq|max_exp_avg_sq|momentum_buffer|optimizer|fp32_flat)/, 'optimizer state'],
  [/\brotary(_pos)?_emb\b|(^|\.)inv_freq$/, 'rotary frequencies, computed from the config'],
  [
    /\.(qweight|qzeros|g_idx|weight_packed|weight_scale|weight_scale_inv|SCB|absmax|quant_map)\b/,
    'quantized weight',
  ],
  [/(^|\.)(v_head|value_head|score|classifier|reward_head)\./, 'value or reward head'],
];
/** Where no pattern does. */
const OF_PARTS: Partial<Record<TensorPlace['part'], string>> = {
  head: 'the head is tied to the token embedding',
  layer: 'no such weight in this layer, or no such layer in the config',
  visionBlock: 'no such weight in this vision block, or no such block in the config',
};

/** What a tensor is that belongs to no model, whatever its architecture; undefined where its name does not say so. */
export function knownLeftover(name: string): string | undefined {
  return REASONS.find(([pattern]) => pattern.test(name))?.[1];
}

function reasonOf(name: string): string {
  return knownLeftover(name) ?? OF_PARTS[tensorPlace(name).part] ?? 'no part of this model';
}

/** Sorts the stored names into those expected and those not, and tells which expected ones are missing. */
export function recognise(stored: Iterable<string>, expected: ReadonlySet<string>): Recognition {
  const present = new Set<string>();
  const ignored: { name: string; reason: string }[] = [];
  for (const name of stored) {
    if (expected.has(name)) present.add(name);
    else ignored.push({ name, reason: reasonOf(name) });
  }
  return { present: [...present], missing: [...expected].filter((name) => !present.has(name)), ignored };
}
