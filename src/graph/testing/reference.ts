/** The model's arithmetic in plain double precision, written from the formulas: the oracle of the graph tests. */
import type { DecoderDims } from '../decoder.ts';

export type Numbers = ArrayLike<number>;

/** `x [rows, in] Wᵀ + b` with `W [out, in]`. */
export function linearOf(x: Numbers, weight: Numbers, bias: Numbers | null, into: number): number[] {
  const [rows, out] = [x.length / into, weight.length / into];
  return Array.from({ length: rows * out }, (_, index) => {
    const [row, unit] = [Math.floor(index / out), index % out];
    let sum = bias ? at(bias, unit) : 0;
    for (let k = 0; k < into; k++) sum += at(x, row * into + k) * at(weight, unit * into + k);
    return sum;
  });
}

export function rmsNormOf(x: Numbers, gamma: Numbers, epsilon: number): number[] {
  const size = gamma.length;
  return Array.from(x, (value, index) => {
    const start = index - (index % size);
    let squares = 0;
    for (let k = 0; k < size; k++) squares += at(x, start + k) ** 2;
    return (value / Math.sqrt(squares / size + epsilon)) * at(gamma, index % size);
  });
}

/** Mean and spread taken out of each row, then γ and β. */
export function layerNormOf(x: Numbers, gamma: Numbers, beta: Numbers, epsilon: number): number[] {
  const size = gamma.length;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / size;
  return Array.from({ length: x.length / size }, (_, row) => {
    const values = Array.from({ length: size }, (_, k) => at(x, row * size + k));
    const middle = mean(values);
    const spread = Math.sqrt(mean(values.map((value) => (value - middle) ** 2)) + epsilon);
    return values.map((value, k) => ((value - middle) / spread) * at(gamma, k) + at(beta, k));
  }).flat();
}

export function add(a: Numbers, b: Numbers): number[] {
  return Array.from(a, (value, index) => value + at(b, index));
}

/** Rotates each head's first half against its second; row `token` turns by `angles[rowOf(token)]`. */
export function rotaryOf(
  x: Numbers,
  headDim: number,
  width: number,
  angles: Numbers,
  rows: Numbers,
): number[] {
  const half = headDim / 2;
  return Array.from(x, (value, index) => {
    const within = index % headDim;
    const angle = at(angles, at(rows, Math.floor(index / width)) * half + (within % half));
    const partner = within < half ? -at(x, index + half) : at(x, index - half);
    return value * Math.cos(angle) + partner * Math.sin(angle);
  });
}

export function siluOf(x: number): number {
  return x / (1 + Math.exp(-x));
}

export function geluTanhOf(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

export function quickGeluOf(x: number): number {
  return x / (1 + Math.exp(-1.702 * x));
}

/** Exact GELU, x Φ(x), by integrating the normal density. */
export function geluOf(x: number): number {
  const steps = 2000;
  let area = 0;
  for (let i = 0; i < steps; i++) area += Math.exp(-((((i + 0.5) * x) / steps) ** 2) / 2);
  return x * (0.5 + (area * x) / steps / Math.sqrt(2 * Math.PI));
}

export interface MlpWeights {
  readonly gate: Numbers;
  readonly up: Numbers;
  readonly down: Numbers;
  readonly gateBias?: Numbers;
  readonly upBias?: Numbers;
  readonly downBias?: Numbers;
}

export function gatedMlpOf(x: Numbers, weights: MlpWeights, hidden: number, inner: number): number[] {
  const gate = linearOf(x, weights.gate, weights.gateBias ?? null, hidden);
  const up = linearOf(x, weights.up, weights.upBias ?? null, hidden);
  const product = gate.map((value, index) => siluOf(value) * at(up, index));
  return linearOf(product, weights.down, weights.downBias ?? null, inner);
}

export interface AttentionShape {
  readonly rows: number;
  readonly length: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly causal: boolean;
}

/** Softmax(q kᵀ / √d), as `[rows, heads, length, length]`. */
export function probabilitiesOf(query: Numbers, key: Numbers, shape: AttentionShape): number[] {
  const { rows, length, heads, kvHeads, headDim, causal } = shape;
  const out: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let head = 0; head < heads; head++)
      for (let q = 0; q < length; q++) {
        const kvHead = Math.floor(head / (heads / kvHeads));
        const scores = Array.from({ length }, (_, k) => {
          if (causal && k > q) return -Infinity;
          let dot = 0;
          for (let d = 0; d < headDim; d++) {
            dot +=
              at(query, ((row * length + q) * heads + head) * headDim + d) *
              at(key, ((row * length + k) * kvHeads + kvHead) * headDim + d);
          }
          return dot / Math.sqrt(headDim);
        });
        const peak = Math.max(...scores);
        const powers = scores.map((score) => Math.exp(score - peak));
        const total = powers.reduce((sum, power) => sum + power, 0);
        out.push(...powers.map((power) => power / total));
      }
  return out;
}

/** `[rows, length, heads · headDim]`. */
export function attentionOf(query: Numbers, key: Numbers, value: Numbers, shape: AttentionShape): number[] {
  const { rows, length, heads, kvHeads, headDim } = shape;
  const weights = probabilitiesOf(query, key, shape);
  return Array.from({ length: rows * length * heads * headDim }, (_, index) => {
    const d = index % headDim;
    const head = Math.floor(index / headDim) % heads;
    const q = Math.floor(index / headDim / heads) % length;
    const row = Math.floor(index / headDim / heads / length);
    const kvHead = Math.floor(head / (heads / kvHeads));
    let sum = 0;
    for (let k = 0; k < length; k++) {
      sum +=
        at(weights, ((row * heads + head) * length + q) * length + k) *
        at(value, ((row * length + k) * kvHeads + kvHead) * headDim + d);
    }
    return sum;
  });
}

export interface LayerInput {
  readonly hidden: Numbers;
  readonly rows: number;
  readonly length: number;
  /** `[T, headDim / 2]`, and the row of it that each token takes. */
  readonly angles: Numbers;
  readonly positions: Numbers;
  /** Per row. */
  readonly attentionGate?: Numbers;
  readonly mlpGate?: Numbers;
  readonly swap?: { readonly mask: Numbers; readonly key: Numbers; readonly value: Numbers };
}

/** One decoder layer; `weight` gives a float32 array by its name without the layer. */
export function decoderLayerOf(input: LayerInput, dims: DecoderDims, weight: (name: string) => Numbers) {
  const { hidden, rows, length, angles, positions, swap } = input;
  const { hiddenSize, headDim, heads, kvHeads, rmsNormEps } = dims;
  const kvDim = kvHeads * headDim;
  const gated = (part: number[], gate: Numbers | undefined): number[] =>
    part.map((value, index) => value * (gate ? at(gate, Math.floor(index / (length * hiddenSize))) : 1));
  const x = rmsNormOf(hidden, weight('input_layernorm.weight'), rmsNormEps);
  const project = (part: string): number[] => {
    const bias = dims.qkvBias === false ? null : weight(`self_attn.${part}_proj.bias`);
    return linearOf(x, weight(`self_attn.${part}_proj.weight`), bias, hiddenSize);
  };
  const normed = (part: string): number[] =>
    dims.qkNorm === true
      ? rmsNormOf(project(part), weight(`self_attn.${part}_norm.weight`), rmsNormEps)
      : project(part);
  const query = rotaryOf(normed('q'), headDim, heads * headDim, angles, positions);
  const key = rotaryOf(normed('k'), headDim, kvDim, angles, positions);
  const value = project('v');
  const swapped = (own: number[], other: Numbers | undefined): number[] =>
    own.map((v, index) =>
      other && at(swap?.mask ?? [], Math.floor(index / kvDim)) === 1 ? at(other, index) : v,
    );
  const shape = { rows, length, heads, kvHeads, headDim, causal: true };
  const context = attentionOf(query, swapped(key, swap?.key), swapped(value, swap?.value), shape);
  const attention = linearOf(context, weight('self_attn.o_proj.weight'), null, heads * headDim);
  const afterAttention = add(hidden, gated(attention, input.attentionGate));
  const mlp = gatedMlpOf(
    rmsNormOf(afterAttention, weight('post_attention_layernorm.weight'), rmsNormEps),
    {
      gate: weight('mlp.gate_proj.weight'),
      up: weight('mlp.up_proj.weight'),
      down: weight('mlp.down_proj.weight'),
    },
    hiddenSize,
    dims.intermediateSize,
  );
  return { out: add(afterAttention, gated(mlp, input.mlpGate)), key, value };
}

function at(list: Numbers, index: number): number {
  const value = list[index];
  if (value === undefined) throw new RangeError(`index ${index} of ${list.length}`);
  return value;
}
