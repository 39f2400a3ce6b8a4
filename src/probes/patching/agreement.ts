import type { Interval } from '../../statistics/wilson.ts';
import { wilson } from '../../statistics/wilson.ts';
import { finalAnswer } from '../answers/final-answer.ts';
import { normaliseAnswer } from '../answers/normalise.ts';
import type { PatchRecord } from './patch.ts';

/** Whose answers a patched model gives, among the questions on which the two models differ. */
export interface PatchDepth {
  readonly depth: number;
  readonly n: number;
  readonly asDonor: number;
  readonly asRecipient: number;
  /** Wilson, 95 %, of the share that answers like the donor. */
  readonly interval: Interval;
}

/** Whose answer a patched model gave to a question on which the two models differ. */
export interface PatchSample {
  readonly id: string;
  readonly question: string;
  /** What the data set says. */
  readonly answer: string;
  readonly donor: string;
  readonly recipient: string;
  readonly patched: string;
  readonly like: 'donor' | 'recipient' | 'neither';
}

/** Final answers of one run by question, as they were said. */
function answersOf(records: readonly PatchRecord[], run: PatchRecord['run']): ReadonlyMap<string, string> {
  return new Map(
    records.filter((record) => record.run === run).map(({ id, said }) => [id, finalAnswer(said.text)]),
  );
}

/**
 * The questions on which the two models differ that were also answered with layers up to `depth` handed over. Answers are
 * compared as text, once normalised.
 */
export function patchSamples(records: readonly PatchRecord[], depth: number): readonly PatchSample[] {
  const [donors, recipients] = [answersOf(records, 'donor'), answersOf(records, 'recipient')];
  return records.flatMap(({ run, id, question, answer, said }) => {
    const [donor, recipient] = [donors.get(id), recipients.get(id)];
    if (run !== depth || donor === undefined || recipient === undefined) return [];
    const patched = finalAnswer(said.text);
    const [asDonor, asRecipient, found] = [donor, recipient, patched].map(normaliseAnswer);
    if (asDonor === asRecipient) return [];
    const like = found === asDonor ? 'donor' : found === asRecipient ? 'recipient' : 'neither';
    return { id, question, answer, donor, recipient, patched, like } as const;
  });
}

/** Questions that both models answer alike tell nothing and are left out. */
export function patchAgreement(records: readonly PatchRecord[]): {
  readonly differing: number;
  readonly asked: number;
  readonly depths: readonly PatchDepth[];
} {
  const [donors, recipients] = [answersOf(records, 'donor'), answersOf(records, 'recipient')];
  const asked = [...donors.keys()].filter((id) => recipients.has(id));
  const differing = asked.filter(
    (id) => normaliseAnswer(donors.get(id) as string) !== normaliseAnswer(recipients.get(id) as string),
  );
  const depths = [...new Set(records.flatMap(({ run }) => (typeof run === 'number' ? [run] : [])))];
  return {
    asked: asked.length,
    differing: differing.length,
    depths: depths
      .sort((a, b) => a - b)
      .map((depth) => {
        const samples = patchSamples(records, depth);
        const n = samples.length;
        const asDonor = samples.filter(({ like }) => like === 'donor').length;
        const asRecipient = samples.filter(({ like }) => like === 'recipient').length;
        return { depth, n, asDonor, asRecipient, interval: wilson(asDonor, n) };
      }),
  };
}

/** `patching.json`: agreement by depth, and every answer behind it. */
export function patchFile(
  records: readonly PatchRecord[],
  metadata: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { asked, differing, depths } = patchAgreement(records);
  return {
    metadata,
    asked,
    differing,
    depths: depths.map(({ depth, n, asDonor, asRecipient, interval }) => ({
      depth,
      n,
      as_donor: asDonor,
      as_recipient: asRecipient,
      interval,
    })),
    answers: records.map(({ id, run, question, answer, said }) => ({
      id,
      run,
      question,
      gold_answer: answer,
      full_response: said.text,
      stop: said.stop,
    })),
  };
}
