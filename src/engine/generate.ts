/** Decoding answers for a batch of counterfactual rows. */
import type { DecodedRow } from './answering-rows.ts';
import { AnsweringRows } from './answering-rows.ts';
import { packBatches } from './batches.ts';
import type { DecodeOptions, PromptRows } from './decode-options.ts';
import { Decoding } from './decoding.ts';
import type { Sequence } from './prefill.ts';
import type { ResidentSubject } from './resident.ts';
import type { Runtime } from './runtime.ts';
import { seededRandom } from '../work/seeded-random.ts';

export type GenerateOptions = Omit<PromptRows, 'sequence'> & DecodeOptions;

export type { DecodedRow } from './answering-rows.ts';

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
  runtime.shared.expect(
    subject,
    prompts.map(({ sequence }) => sequence),
  );
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
  const answering = new AnsweringRows(most, subject.rest.config.tokens);
  const { answers } = answering;
  // Every row draws the same numbers, so that answers differ by the intervention alone.
  const random = most.map(() => seededRandom(options.sampling.seed));
  const decoding = new Decoding(runtime, subject, prompts, options, random);
  try {
    let said: readonly (readonly number[])[];
    try {
      said = [await decoding.start()];
    } catch (error) {
      if (!signal?.aborted || error !== signal.reason) throw error;
      answering.cancel();
      return answers;
    }
    options.onPrefilled?.();
    for (let step = 0; ; step++) {
      for (const tokens of said) if (!signal?.aborted) answering.take(tokens, onToken);
      step += said.length - 1;
      if (answering.going.length === 0) return answers;
      if (signal?.aborted) {
        answering.cancel();
        return answers;
      }
      const kept = answering.leave();
      if (kept) await decoding.keep(kept);
      said = await decoding.steps(answering.state, step, answering.batch);
    }
  } finally {
    decoding.dispose();
  }
}
