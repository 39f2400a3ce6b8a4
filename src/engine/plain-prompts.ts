/** Prompts of which the plain run alone is asked: those that are alike are read in the same runs. */
import type { Feeds } from './backend/backend.ts';
import type { PromptRows } from './decode-options.ts';
import { ablates, firstComputed, rest, templateLength } from './past.ts';
import type { PrefillOptions, Sequence } from './prefill.ts';
import type { ReadOptions } from './read-rows.ts';
import { alike, promptsThatFit, readTogether } from './read-together.ts';
import type { ResidentSubject } from './resident.ts';
import type { Runtime } from './runtime.ts';

/** A prompt of one plain row: where it stands in its list, and what is read of it behind a text that is kept. */
interface PlainPrompt {
  readonly place: number;
  readonly text: string;
  readonly sequence: Sequence;
}

/** The places of prompts to be read together, run by run. Those left out are read by themselves. */
export function plainAlike(
  { backend, decoder, graphs }: Runtime,
  subject: ResidentSubject,
  prompts: readonly Pick<PromptRows, 'sequence' | 'rows'>[],
): readonly (readonly number[])[] {
  if (graphs.isBounded) return [];
  let left = prompts.flatMap(({ sequence, rows }, place): PlainPrompt[] => {
    const [row] = rows;
    const start = row && rows.length === 1 && !row.swap && !ablates(row) ? textLength(subject, sequence) : 0;
    if (start === 0) return [];
    return [{ place, text: sequence.ids.slice(0, start).join(), sequence: rest(sequence, start) }];
  });
  const runs: (readonly number[])[] = [];
  for (let [first] = left; first; [first] = left) {
    const { text, sequence } = first;
    const same = alike([first, ...left.slice(1).filter((prompt) => prompt.text === text)]);
    left = left.filter((prompt) => !same.includes(prompt));
    const shape = { fresh: sequence.length, seen: sequence.length + (sequence.offset ?? 0) };
    const fit = promptsThatFit(backend, decoder, subject, shape);
    const most = Math.max(1, fit);
    // One by itself is read so where what is read of it is shared with other subjects.
    const least = subject.seams?.length && fit > 0 ? 1 : 2;
    for (let at = 0; at < same.length; at += most) {
      const run = same.slice(at, at + most).map(({ place }) => place);
      if (run.length >= least) runs.push(run);
    }
  }
  return runs;
}

/**
 * Reads prompts that `plainAlike` gave together; as `readRows` does of one: the last run's outputs, and where in them (prompts × positions) the
 * last position of each is.
 */
export async function readPlain(
  { backend, decoder, beginnings, shared, account }: Runtime,
  subject: ResidentSubject,
  prompts: readonly Sequence[],
  {
    head,
    cache: { store, capacity, rows },
    signal,
  }: Pick<ReadOptions, 'head' | 'signal'> & { readonly cache: NonNullable<PrefillOptions['cache']> },
): Promise<{ readonly outputs: Feeds; readonly last: readonly number[] }> {
  const [first] = prompts as readonly [Sequence];
  const start = textLength(subject, first);
  const sequences = prompts.map((prompt) => rest(prompt, start));
  const count = first.length - start;
  const last = prompts.map((_, slot) => slot * count + count - 1);
  const before = await beginnings.read(subject, first, start, signal);
  try {
    const soFar = shared.soFar(subject, prompts);
    const { outputs, fresh } = await readTogether(backend, decoder, subject, sequences, {
      ...{ before, soFar, onRead: (read) => shared.hold(subject, prompts, read) },
      ...(head ? { head: { spec: head, positions: last } } : {}),
      ...(signal ? { signal } : {}),
    });
    try {
      account.read(prompts.length * (subject.layers.length - (soFar?.layer ?? 0)) * count);
      for (const [layer, entry] of fresh.entries()) {
        const text = before[layer] as typeof entry;
        await store.put(layer, text, rows, { at: 0, count: start, capacity });
        await store.put(layer, entry, rows, { at: start, count, capacity });
      }
      return { outputs, last };
    } catch (error) {
      if (outputs['hidden_out']) backend.dispose(outputs['hidden_out']);
      throw error;
    } finally {
      beginnings.release(fresh);
    }
  } finally {
    beginnings.release(before);
  }
}

/** Tokens that are read once for all prompts that begin with them; 0 where there are none. */
function textLength(subject: ResidentSubject, sequence: Sequence): number {
  const { tokens } = subject.rest.config;
  return firstComputed([{}], sequence, subject.layers.length, templateLength(sequence, tokens.eos));
}
