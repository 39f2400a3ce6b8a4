/** One answer read by several models, and what each says of its tokens (docs/method.md §14). */
import { NamedError } from '../named-error.ts';
import type { Tensor } from './backend/backend.ts';
import type { Normalized, RowScores } from './distribution.ts';
import { checkTokens } from './forward.ts';
import { prefill } from './prefill.ts';
import type { Prepared } from './prepare.ts';
import type { RowSpec } from './protocol/intervention.ts';
import type { TokenDecoder } from '../vlm/tokenizer.ts';
import type { AnswerScores, ScoreProgress } from './protocol/scores.ts';
import type { ResidentSubject } from './resident.ts';
import { headOf } from './resident.ts';
import { planRows } from './rows.ts';
import type { Runtime } from './runtime.ts';
import type { CapturedKv } from './swap.ts';
import { cellsOf } from './work-account.ts';

/**
 * Logits of one block of positions: 55 of them at 7B, which share one pass over the head's weights. The divergence of two readers
 * then takes 265 MiB of a GPU at once (measured), and each further reader of a divergence 32 MiB.
 */
const BLOCK_BYTES = 2 ** 25;

export interface Reader {
  readonly subject: ResidentSubject;
  readonly row: RowSpec;
  /** The prompt with these tokens after it. */
  prepare(continuation: readonly number[]): Promise<Prepared>;
}

export interface ScoreOptions {
  readonly answer: readonly number[];
  readonly alternatives: number;
  readonly divergences: readonly { readonly p: number; readonly q: number }[];
  readonly sources: ReadonlyMap<string, CapturedKv>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ScoreProgress) => void;
  /** Logits held at once, in bytes of one reader; default: `BLOCK_BYTES`. */
  readonly blockBytes?: number;
}

/** What was found, before tokens are put into words. */
export interface ScoreNumbers {
  readonly readers: readonly ReaderNumbers[];
  /** `[divergences][answer]`. */
  readonly divergences: readonly (readonly number[])[];
}

export interface ReaderNumbers {
  readonly promptTokens: number;
  readonly imageTokens: number;
  readonly scores: RowScores[];
}

/**
 * Of every reader the hidden states over the answer are kept, `[answer, hiddenSize]`; heads and reductions then run on a block of
 * positions at a time, so that logits of a whole answer are never held. Rejects with the signal's reason once it is aborted.
 *
 * @throws NamedError `UnknownToken`, `UnknownSubject`, `DifferentConfig`; `NonFiniteLogits`; those of preparing the prompts
 */
export async function scoreAnswer(
  runtime: Runtime,
  readers: readonly Reader[],
  options: ScoreOptions,
): Promise<ScoreNumbers> {
  const { answer, signal, onProgress } = options;
  for (const reader of readers) checkTokens(answer, vocabularyOf(reader), 'answer');
  for (const { p, q } of options.divergences) checkPair(readers[p], readers[q]);
  const numbers: ReaderNumbers[] = [];
  const divergences = options.divergences.map((): number[] => []);
  const states: Tensor[] = [];
  try {
    for (const reader of readers) {
      onProgress({ phase: 'reading', done: numbers.length, total: readers.length });
      const { inputIds, sequence } = await reader.prepare(answer.slice(0, -1));
      numbers.push({
        promptTokens: inputIds.length,
        imageTokens: sequence.imagePositions.length,
        scores: [],
      });
      if (answer.length > 0) states.push(await readAnswer(runtime, reader, sequence, options));
    }
    const size = blockSize(readers, options.blockBytes ?? BLOCK_BYTES);
    for (let first = 0; first < answer.length; first += size) {
      signal.throwIfAborted();
      onProgress({ phase: 'scoring', done: first, total: answer.length });
      await scoreBlock(runtime, readers, states, { ...options, first, size }, numbers, divergences);
    }
    return { readers: numbers, divergences };
  } finally {
    for (const tensor of states) runtime.backend.dispose(tensor);
  }
}

export function scoresInWords(
  answer: readonly number[],
  { readers, divergences }: ScoreNumbers,
  tokenizer: TokenDecoder,
): Omit<AnswerScores, 'seconds'> {
  const decoder = tokenizer.streamDecoder({ skipSpecial: false });
  const textOf = (token: number): string => tokenizer.decode([token], { skipSpecial: false });
  return {
    tokens: answer,
    pieces: answer.map((token) => decoder.push(token)),
    readers: readers.map(({ scores, ...reader }) => ({
      ...reader,
      scores: scores.map(({ likeliest, ...numbers }) => ({
        ...numbers,
        alternatives: likeliest.map((one) => ({ ...one, text: textOf(one.token) })),
      })),
    })),
    divergences,
  };
}

/** Hidden states before the final norm, `[1, answer, hiddenSize]`, where its tokens were chosen: each stands before its token. */
async function readAnswer(
  { backend, decoder, account }: Runtime,
  { subject, row }: Reader,
  sequence: Prepared['sequence'],
  { answer, sources, signal }: ScoreOptions,
): Promise<Tensor> {
  const { hiddenSize, layers } = subject.rest.config.text;
  const plan = planRows([row], layers);
  account.read(cellsOf(plan, layers, sequence.length));
  const { hidden_out: final } = await prefill(backend, decoder, subject, sequence, { plan, sources, signal });
  try {
    const states = await backend.zeros('float32', [1, answer.length, hiddenSize]);
    const bytes = hiddenSize * Float32Array.BYTES_PER_ELEMENT;
    const from = (sequence.length - answer.length) * bytes;
    backend.copy(final as Tensor, states, [{ from, to: 0, bytes: answer.length * bytes }]);
    return states;
  } finally {
    backend.dispose(final as Tensor);
  }
}

/** Rows of the head: more than there are tokens, where it is padded. */
function vocabularyOf({ subject }: Reader): number {
  return headOf(subject).config.text.vocabSize;
}

function checkPair(p: Reader | undefined, q: Reader | undefined): void {
  if (!p || !q) {
    const remedy = 'name readers by their places, from 0';
    throw new NamedError('UnknownSubject', 'a divergence is of no reader', { field: 'divergences' }, remedy);
  }
  const [own, other] = [vocabularyOf(p), vocabularyOf(q)];
  if (own === other) return;
  throw new NamedError(
    'DifferentConfig',
    `a divergence is over all rows of two heads, and these have ${own} and ${other}`,
    { field: 'text.vocabSize' },
    'compare checkpoints with embeddings of one size',
  );
}

function blockSize(readers: readonly Reader[], blockBytes: number): number {
  const widest = Math.max(...readers.map(vocabularyOf));
  return Math.max(1, Math.floor(blockBytes / (widest * Float32Array.BYTES_PER_ELEMENT)));
}

/** Adds to `numbers` and `divergences` what is found at positions `first` … `first + size − 1` of the answer. */
async function scoreBlock(
  { head, distributions }: Runtime,
  readers: readonly Reader[],
  states: readonly Tensor[],
  {
    answer,
    alternatives,
    divergences: pairs,
    first,
    size,
  }: ScoreOptions & { readonly first: number; readonly size: number },
  numbers: readonly ReaderNumbers[],
  divergences: readonly number[][],
): Promise<void> {
  const tokens = answer.slice(first, first + size);
  const positions = tokens.map((_, offset) => first + offset);
  const held = new Map<number, Normalized>();
  try {
    for (const [index, { subject }] of readers.entries()) {
      const logits = await head.deviceLogits(headOf(subject), states[index] as Tensor, positions);
      const { rows, normalized } = await distributions.scores(logits, tokens, alternatives);
      held.set(index, normalized);
      numbers[index]?.scores.push(...rows);
      if (pairs.some(({ p, q }) => p === index || q === index)) continue;
      held.delete(index);
      distributions.release(normalized);
    }
    for (const [pair, { p, q }] of pairs.entries()) {
      const found = await distributions.divergence(held.get(p) as Normalized, held.get(q) as Normalized);
      divergences[pair]?.push(...found);
    }
  } finally {
    for (const normalized of held.values()) distributions.release(normalized);
  }
}
