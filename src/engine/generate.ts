/** Decoding answers for a batch of counterfactual rows. */
import type { SpecialTokens } from '../vlm/config.ts';
import { Decoding } from './decoding.ts';
import type { Sequence } from './prefill.ts';
import type { RowSpec, Sampling, StopReason } from './protocol.ts';
import type { ResidentSubject } from './resident.ts';
import type { Runtime } from './runtime.ts';
import { seededRandom } from './sampling.ts';
import type { CapturedKv } from './swap.ts';

export interface GenerateOptions {
  readonly rows: readonly RowSpec[];
  readonly maxNewTokens: number;
  readonly sampling: Sampling;
  /** Position of the first generated token, on all three rotary axes. */
  readonly nextPosition: number;
  readonly sources: ReadonlyMap<string, CapturedKv>;
  /** Rows a prefill may hold at once; more are prefilled in turn and decoded together. */
  readonly rowsPerPrefill: number;
  /** Rows whose keys and values may be held at once; more are answered in turn. Default: all. */
  readonly rowsPerBatch?: number;
  readonly signal?: AbortSignal;
  readonly onPrefilled?: () => void;
  readonly onToken?: (row: number, token: number) => void;
}

export interface DecodedRow {
  readonly tokens: number[];
  stop: StopReason;
}

/** A batch is copied without its finished rows once no more than this share of it is still going. */
const COMPACT_AT = 0.75;

/**
 * Greedy or sampled continuation of a prompt, one answer per row. The token that ends an answer is part of
 * it. An emitted image or video placeholder also ends it: the model has left the text. A cancelled run
 * returns what it has, which during the prefill is nothing.
 */
export async function generate(
  runtime: Runtime,
  subject: ResidentSubject,
  sequence: Sequence,
  { rowsPerBatch, onPrefilled, onToken, ...options }: GenerateOptions,
): Promise<readonly DecodedRow[]> {
  const { rows } = options;
  const size = rowsPerBatch ?? rows.length;
  const results: DecodedRow[] = [];
  for (let first = 0; first < rows.length; first += size) {
    const batch = await generateBatch(runtime, subject, sequence, {
      ...options,
      rows: rows.slice(first, first + size),
      ...(onPrefilled && first === 0 ? { onPrefilled } : {}),
      ...(onToken ? { onToken: (row, token) => onToken(first + row, token) } : {}),
    });
    results.push(...batch);
  }
  return results;
}

async function generateBatch(
  runtime: Runtime,
  subject: ResidentSubject,
  sequence: Sequence,
  options: Omit<GenerateOptions, 'rowsPerBatch'>,
): Promise<readonly DecodedRow[]> {
  const { rows, maxNewTokens, signal, onToken } = options;
  const results = rows.map((): DecodedRow => ({ tokens: [], stop: 'length' }));
  const finished = new Set<number>();
  // Every row draws the same numbers, so that answers differ by the intervention alone.
  const random = rows.map(() => seededRandom(options.sampling.seed));
  const decoding = new Decoding(runtime, subject, sequence, options, random);
  try {
    let batch = rows.map((_, row) => row);
    let next: number[];
    try {
      next = await decoding.start();
    } catch (error) {
      if (!signal?.aborted || error !== signal.reason) throw error;
      return results.map(({ tokens }) => ({ tokens, stop: 'cancelled' }));
    }
    options.onPrefilled?.();
    for (let step = 0; ; step++) {
      batch.forEach((row, at) => {
        if (finished.has(row)) return;
        const result = results[row] as DecodedRow;
        const token = next[at] as number;
        result.tokens.push(token);
        onToken?.(row, token);
        const end = endOf(token, subject.rest.config.tokens);
        if (!end) return;
        result.stop = end;
        finished.add(row);
      });
      const going = [...batch.keys()].filter((at) => !finished.has(batch[at] as number));
      if (going.length === 0 || step + 1 >= maxNewTokens) return results;
      if (signal?.aborted) {
        for (const at of going) (results[batch[at] as number] as DecodedRow).stop = 'cancelled';
        return results;
      }
      if (going.length <= COMPACT_AT * batch.length) {
        await decoding.keep(going);
        [batch, next] = [batch, next].map((list) => going.map((at) => list[at] as number)) as [
          number[],
          number[],
        ];
      }
      next = await decoding.step(next, step, batch);
    }
  } finally {
    decoding.dispose();
  }
}

function endOf(token: number, tokens: SpecialTokens): StopReason | null {
  if (tokens.eos.includes(token)) return 'end';
  return token === tokens.image || token === tokens.video ? 'image-token' : null;
}
