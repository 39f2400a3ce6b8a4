/** Decoding answers for a batch of counterfactual rows. */
import type { SpecialTokens } from '../vlm/config.ts';
import { packBatches } from './batches.ts';
import type { DecodeOptions, PromptRows } from './decode-options.ts';
import { Decoding } from './decoding.ts';
import type { Sequence } from './prefill.ts';
import type { StopReason } from './protocol/generation.ts';
import type { ResidentSubject } from './resident.ts';
import type { Runtime } from './runtime.ts';
import { seededRandom } from '../work/seeded-random.ts';

export type GenerateOptions = Omit<PromptRows, 'sequence'> & DecodeOptions;

export interface DecodedRow {
  readonly tokens: number[];
  stop: StopReason;
}

/**
 * Copying a batch without its finished rows takes about this part of a step of those that go on (WASM). It is done once finished rows have
 * been computed for as long: so no more than twice the least is spent, however soon the others end.
 */
const COPY_STEPS = 0.4;

/**
 * Greedy or sampled continuation of a prompt, one answer per row. The token that ends an answer is part of
 * it. An emitted image or video placeholder also ends it: the model has left the text. A cancelled run
 * returns what it has, which during the prefill is nothing.
 */
export async function generate(
  runtime: Runtime,
  subject: ResidentSubject,
  sequence: Sequence,
  { sampling, sources, signal, onPrefilled, onToken, ...prompt }: GenerateOptions,
): Promise<readonly DecodedRow[]> {
  const options = { sampling, sources, ...(signal ? { signal } : {}), ...(onToken ? { onToken } : {}) };
  let reported = false;
  const [rows] = await generateAll(runtime, subject, [{ sequence, ...prompt }], {
    ...options,
    onPrefilled: () => {
      if (!reported) onPrefilled?.();
      reported = true;
    },
  });
  return rows as readonly DecodedRow[];
}

/** The same for several prompts, whose rows share batches as far as each prompt's `rowsPerBatch` goes. */
export async function generateAll(
  runtime: Runtime,
  subject: ResidentSubject,
  prompts: readonly PromptRows[],
  { onToken, ...options }: DecodeOptions,
): Promise<readonly (readonly DecodedRow[])[]> {
  const results = prompts.map(({ rows }) => rows.map((): DecodedRow => ({ tokens: [], stop: 'cancelled' })));
  const packable = prompts.map(({ sequence, rows, rowsPerBatch }) => ({
    length: sequence.length,
    rows: rows.length,
    rowsPerBatch: rowsPerBatch ?? Infinity,
  }));
  const lengths = new Set(packable.map(({ length }) => length));
  const ragged = lengths.size > 1 && (await runtime.raggedRows());
  const before = prompts.map((_, prompt) =>
    prompts.slice(0, prompt).reduce((sum, { rows }) => sum + rows.length, 0),
  );
  for (const parts of packBatches(packable, ragged)) {
    if (options.signal?.aborted) break;
    const taken = parts.flatMap(({ prompt, first, count }) =>
      Array.from({ length: count }, (_, offset) => ({ prompt, row: first + offset })),
    );
    const batch = await generateBatch(
      runtime,
      subject,
      parts.map(({ prompt, first, count }) => {
        const whole = prompts[prompt] as PromptRows;
        return { ...whole, rows: whole.rows.slice(first, first + count) };
      }),
      {
        ...options,
        ...(onToken
          ? {
              onToken: (index, token) => {
                const { prompt, row } = taken[index] as { prompt: number; row: number };
                onToken((before[prompt] as number) + row, token);
              },
            }
          : {}),
      },
    );
    taken.forEach(({ prompt, row }, index) => {
      (results[prompt] as DecodedRow[])[row] = batch[index] as DecodedRow;
    });
  }
  return results;
}

async function generateBatch(
  runtime: Runtime,
  subject: ResidentSubject,
  prompts: readonly PromptRows[],
  options: DecodeOptions,
): Promise<readonly DecodedRow[]> {
  const { signal, onToken } = options;
  const most = prompts.flatMap(({ rows, maxNewTokens }) => rows.map(() => maxNewTokens));
  const results = most.map((): DecodedRow => ({ tokens: [], stop: 'length' }));
  const finished = new Set<number>();
  // Every row draws the same numbers, so that answers differ by the intervention alone.
  const random = most.map(() => seededRandom(options.sampling.seed));
  const decoding = new Decoding(runtime, subject, prompts, options, random);
  try {
    let batch = [...most.keys()];
    let next: number[];
    try {
      next = await decoding.start();
    } catch (error) {
      if (!signal?.aborted || error !== signal.reason) throw error;
      return results.map(({ tokens }) => ({ tokens, stop: 'cancelled' }));
    }
    options.onPrefilled?.();
    /** Finished rows computed since the batch was last copied, one for each step. */
    let wasted = 0;
    for (let step = 0; ; step++) {
      batch.forEach((row, at) => {
        if (finished.has(row)) return;
        const result = results[row] as DecodedRow;
        const token = next[at] as number;
        result.tokens.push(token);
        onToken?.(row, token);
        const end = endOf(token, subject.rest.config.tokens);
        if (end) result.stop = end;
        if (end || result.tokens.length >= (most[row] as number)) finished.add(row);
      });
      const going = [...batch.keys()].filter((at) => !finished.has(batch[at] as number));
      if (going.length === 0) return results;
      if (signal?.aborted) {
        for (const at of going) (results[batch[at] as number] as DecodedRow).stop = 'cancelled';
        return results;
      }
      wasted += batch.length - going.length;
      if (wasted > 0 && wasted >= COPY_STEPS * going.length) {
        wasted = 0;
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
