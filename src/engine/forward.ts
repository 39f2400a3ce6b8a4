/** One forward pass that brings things back: hidden states, attention, logits, keys and values. */
import { NamedError } from '../named-error.ts';
import type { Feeds, Tensor } from './backend/backend.ts';
import type { Sequence } from './prefill.ts';
import { prefill } from './prefill.ts';
import type { LensNumbers } from './lens.ts';
import { readLens } from './lens.ts';
import type { CaptureSpec, ForwardRow } from './protocol/forward.ts';
import type { RowSpec } from './protocol/intervention.ts';
import type { ResidentSubject } from './resident.ts';
import { headOf } from './resident.ts';
import { planRows } from './rows.ts';
import type { Runtime } from './runtime.ts';
import type { CapturedKv } from './swap.ts';
import { checkPositions } from './swap.ts';
import { cellsOf } from './work-account.ts';

export interface ForwardOptions {
  readonly rows: readonly RowSpec[];
  readonly capture: CaptureSpec;
  readonly sources: ReadonlyMap<string, CapturedKv>;
  /** Rows a batch may hold; more are run in turn. */
  readonly rowsPerPrefill: number;
  readonly signal?: AbortSignal;
}

/** A row's results; what the lens found is not in words yet. */
export type ForwardNumbers = Omit<ForwardRow, 'lens'> & { readonly lens?: readonly LensNumbers[] };

/**
 * Runs the sequence and returns what `capture` asks for, per row.
 *
 * @throws NamedError `UnknownToken` for one outside the vocabulary, asked of the lens.
 */
export async function forward(
  runtime: Runtime,
  subject: ResidentSubject,
  sequence: Sequence,
  options: ForwardOptions,
): Promise<readonly ForwardNumbers[]> {
  const { rows, rowsPerPrefill, capture } = options;
  checkTokens(capture.lens?.tokens ?? [], subject.rest.config.text.vocabSize, 'lens');
  const results: ForwardNumbers[] = [];
  for (let first = 0; first < rows.length; first += rowsPerPrefill) {
    const batch = rows.slice(first, first + rowsPerPrefill);
    results.push(...(await forwardBatch(runtime, subject, sequence, { ...options, rows: batch })));
  }
  return results;
}

/** Slots not yet intervened on equal the trunk. */
async function forwardBatch(
  runtime: Runtime,
  subject: ResidentSubject,
  sequence: Sequence,
  { rows, capture, sources, signal }: ForwardOptions,
): Promise<readonly ForwardNumbers[]> {
  const { backend, decoder, head, account } = runtime;
  const plan = planRows(rows, subject.layers.length);
  const { length } = sequence;
  account.read(cellsOf(plan, subject.layers.length, length));
  const { hiddenSize } = subject.rest.config.text;
  const hidden: Float32Array[][] = rows.map(() => []);
  const attention: Float32Array[][] = rows.map(() => []);
  const wantsHidden = capture.hidden !== undefined || capture.lens !== undefined;
  const keepHidden = (slots: Float32Array, active: number): void => {
    const first = capture.hidden === 'all' ? 0 : length - 1;
    plan.slotOf.forEach((slot, row) => {
      const start = slot < active ? slot * length : 0;
      const range = [(start + first) * hiddenSize, (start + length) * hiddenSize] as const;
      hidden[row]?.push(slots.slice(...range));
    });
  };
  if (wantsHidden) keepHidden(sequence.hidden, 1);
  const observe = async (layer: number, outputs: Feeds): Promise<void> => {
    const active = plan.active(layer);
    if (wantsHidden) keepHidden(await backend.read(outputs['hidden_out'] as Tensor), active);
    if (!capture.attention) return;
    const mass = await backend.read(outputs['0.attention'] as Tensor);
    const size = mass.length / active;
    plan.slotOf.forEach((slot, row) => {
      const start = (slot < active ? slot : 0) * size;
      attention[row]?.push(mass.slice(start, start + size));
    });
  };
  const { hidden_out: final } = await prefill(backend, decoder, subject, sequence, {
    plan,
    sources,
    ...(wantsHidden || capture.attention ? { observe } : {}),
    ...(capture.attention ? { probe: capture.attention } : {}),
    ...(signal ? { signal } : {}),
  });
  const last = plan.slotOf.map((slot) => slot * length + length - 1);
  const logits = await head
    .logits(headOf(subject), final as Tensor, last)
    .finally(() => backend.dispose(final as Tensor));
  const lens: (readonly LensNumbers[])[] = [];
  for (const states of capture.lens ? hidden : []) {
    const latest = states.map((values) => values.subarray(-hiddenSize));
    lens.push(await readLens(runtime, subject, latest, capture.lens ?? { tokens: [] }));
  }
  return rows.map((_, row) => ({
    logits: logits[row] as Float32Array,
    ...(capture.hidden ? { hidden: hidden[row] as Float32Array[] } : {}),
    ...(capture.attention ? { attentionMass: attention[row] as Float32Array[] } : {}),
    ...(capture.lens ? { lens: lens[row] as readonly LensNumbers[] } : {}),
  }));
}

/**
 * Runs the sequence and keeps K (after RoPE) and V of every layer at its image positions, and what DeepStack adds there.
 *
 * @throws NamedError `NoImageTokens` for a prompt without an image.
 */
export async function captureKv(
  { backend, beginnings }: Runtime,
  subject: ResidentSubject,
  sequence: Sequence,
  signal?: AbortSignal,
  positions: readonly number[] = sequence.imagePositions,
): Promise<CapturedKv> {
  const { kvHeads, headDim, hiddenSize } = subject.rest.config.text;
  if (positions.length === 0) {
    throw new NamedError(
      'NoImageTokens',
      'the source prompt has no image',
      {},
      'capture a prompt with an image, or name the positions',
    );
  }
  checkPositions(positions, sequence.length);
  const [keys, values]: [Float32Array[], Float32Array[]] = [[], []];
  // What stands behind the last position changes nothing before it.
  const read = await beginnings.read(subject, sequence, Math.max(...positions) + 1, signal);
  try {
    for (const { key, value } of read) {
      keys.push(atPositions(await backend.read(key), positions, kvHeads, headDim));
      values.push(atPositions(await backend.read(value), positions, kvHeads, headDim));
    }
  } finally {
    beginnings.release(read);
  }
  const injections = sequence.injections.map(({ layer, values: all }) => ({
    layer,
    values: atPositions(all, positions, 1, hiddenSize),
  }));
  return { tokens: positions.length, keys, values, injections };
}

/** Of values `[heads, length, width]` those at the positions, `[positions × heads · width]`. */
function atPositions(
  all: Float32Array,
  positions: readonly number[],
  heads: number,
  width: number,
): Float32Array {
  const length = all.length / (heads * width);
  const picked = new Float32Array(positions.length * heads * width);
  positions.forEach((position, token) => {
    for (let head = 0; head < heads; head++) {
      const from = (head * length + position) * width;
      picked.set(all.subarray(from, from + width), (token * heads + head) * width);
    }
  });
  return picked;
}

/** @throws NamedError `UnknownToken` for one outside the vocabulary; `field` asked for them. */
export function checkTokens(tokens: readonly number[], vocabSize: number, field: string): void {
  const wrong = tokens.find((token) => !(Number.isInteger(token) && token >= 0 && token < vocabSize));
  if (wrong === undefined) return;
  throw new NamedError(
    'UnknownToken',
    `token ${wrong} was asked for, the vocabulary has ${vocabSize}`,
    { field },
    `name tokens from 0 to ${vocabSize - 1}`,
  );
}
