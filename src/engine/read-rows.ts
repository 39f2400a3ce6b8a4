/** Reading a prompt in rows, of each layer only the positions at which a row may differ from the plain run and is read. */
import type { Backend, Feeds } from './backend/backend.ts';
import type { PromptRows } from './decode-options.ts';
import { rowsExtended } from './estimate.ts';
import type { HeadSpec } from '../graph/head.ts';
import { ablates, beginning, firstComputed, rest, sharedPast, slotsPast, templateLength } from './past.ts';
import type { PrefillOptions, Sequence } from './prefill.ts';
import { prefill } from './prefill.ts';
import type { RowSpec } from './protocol/intervention.ts';
import type { ResidentSubject } from './resident.ts';
import type { Runtime } from './runtime.ts';
import { cellsOf } from './work-account.ts';

export interface ReadOptions extends Pick<PrefillOptions, 'plan' | 'sources' | 'cache' | 'signal'> {
  /** Left out: hidden states are returned. */
  readonly head?: HeadSpec;
}

/**
 * Returns the last run's outputs as `prefill` does, and where in them (slots × positions) the last position of each row is. Where attention
 * written out would take too much memory, the whole prompt is read in every row.
 */
export async function readRows(
  { backend, decoder, beginnings, account }: Runtime,
  subject: ResidentSubject,
  sequence: Sequence,
  rows: readonly RowSpec[],
  { head, ...options }: ReadOptions,
): Promise<{ readonly outputs: Feeds; readonly last: readonly number[] }> {
  const { plan, signal } = options;
  const read = async (part: Sequence, how: PrefillOptions) => {
    const last = plan.slotOf.map((slot) => slot * part.length + part.length - 1);
    const headed = head ? { head: { spec: head, positions: last } } : {};
    return { outputs: await prefill(backend, decoder, subject, part, { ...how, ...headed }), last };
  };
  const start = firstRead(backend, subject, sequence, rows);
  if (start === 0 || plan.slots > slotsThatFit(backend, subject, sequence, start)) {
    account.read(coneCells(subject, sequence, rows, plan));
    return read(sequence, options);
  }
  account.read(cellsOf(plan, subject.layers.length, sequence.length - start));
  const { cache, ...others } = options;
  if (rows.some(ablates)) {
    const { kvHeads, headDim } = subject.rest.config.text;
    const kept = await beginnings.kept(subject, beginning(sequence, start), plan.ablations, signal);
    const past = slotsPast(backend, kept, [kvHeads, start, headDim], cache);
    return read(rest(sequence, start), { ...others, past });
  }
  const before = await beginnings.read(subject, sequence, start, signal);
  try {
    const past = sharedPast(backend, before, sequence.length, cache);
    return await read(rest(sequence, start), { ...others, past });
  } finally {
    beginnings.release(before);
  }
}

/** Rows of a prompt to read at once: as many as `most`, or fewer where only so many can be read with attention written out. */
export function rowsAtOnce(
  backend: Backend,
  subject: ResidentSubject,
  { sequence, rows, rowsPerPrefill: most }: Pick<PromptRows, 'sequence' | 'rows' | 'rowsPerPrefill'>,
): number {
  const start = firstRead(backend, subject, sequence, rows);
  // Whole prompts are written out on the CPU alone. One slot is the plain run's.
  const fit = start === 0 && backend.sharedCache ? 0 : slotsThatFit(backend, subject, sequence, start) - 1;
  return fit > 0 ? Math.min(most, fit) : most;
}

/** What had to be read where the whole prompt is: the template is taken for kept from before. */
function coneCells(
  subject: ResidentSubject,
  sequence: Sequence,
  rows: readonly RowSpec[],
  plan: PrefillOptions['plan'],
): number {
  const layers = subject.layers.length;
  const template = templateLength(sequence, subject.rest.config.tokens.eos);
  const first = firstComputed(rows, sequence, layers, template);
  return Math.max(0, first - template) * layers + cellsOf(plan, layers, sequence.length - first);
}

/** A GPU reads a whole prompt with less room for scores: there what is kept has to be a good part of it. */
const WORTH_KEEPING = 0.25;

function firstRead(
  backend: Backend,
  subject: ResidentSubject,
  sequence: Sequence,
  rows: readonly RowSpec[],
): number {
  const { tokens } = subject.rest.config;
  const template = templateLength(sequence, tokens.eos);
  const worth = !backend.sharedCache || template >= WORTH_KEEPING * sequence.length;
  return firstComputed(rows, sequence, subject.layers.length, worth ? template : 0);
}

function slotsThatFit(
  backend: Backend,
  subject: ResidentSubject,
  { length }: Sequence,
  start: number,
): number {
  return rowsExtended(subject.rest.config.text, { fresh: length - start, seen: length }, backend);
}
