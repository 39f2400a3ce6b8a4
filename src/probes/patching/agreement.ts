import type { Interval } from '../../grading/statistics/wilson.ts';
import { wilson } from '../../grading/statistics/wilson.ts';
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

/** Answers are compared as text, once normalised. Questions that both models answer alike tell nothing and are left out. */
export function patchAgreement(records: readonly PatchRecord[]): {
  readonly differing: number;
  readonly asked: number;
  readonly depths: readonly PatchDepth[];
} {
  const answers = new Map(
    records.map(({ run, id, said }) => [`${run}/${id}`, normaliseAnswer(finalAnswer(said.text))]),
  );
  const ids = [...new Set(records.map(({ id }) => id))].filter(
    (id) => answers.has(`donor/${id}`) && answers.has(`recipient/${id}`),
  );
  const differing = ids.filter((id) => answers.get(`donor/${id}`) !== answers.get(`recipient/${id}`));
  const depths = [...new Set(records.flatMap(({ run }) => (typeof run === 'number' ? [run] : [])))];
  return {
    asked: ids.length,
    differing: differing.length,
    depths: depths
      .sort((a, b) => a - b)
      .map((depth) => {
        const done = differing.filter((id) => answers.has(`${depth}/${id}`));
        const like = (whose: 'donor' | 'recipient'): number =>
          done.filter((id) => answers.get(`${depth}/${id}`) === answers.get(`${whose}/${id}`)).length;
        const asDonor = like('donor');
        return {
          depth,
          n: done.length,
          asDonor,
          asRecipient: like('recipient'),
          interval: wilson(asDonor, done.length),
        };
      }),
  };
}
