/** Claims about where RL looks more at the image than IN. */
import type { AttentionRecord } from '../probes/attention/shift.ts';
import { regionDifference } from '../probes/attention/difference.ts';
import { ROLE_LABELS } from '../roles.mjs';
import { signed } from '../number-text.mjs';
import { mean } from '../statistics/mean.ts';
import type { Mean } from '../statistics/mean-interval.ts';
import { studentMean } from '../statistics/student.ts';
import type { Claim } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { bySide, type Contrast, sideRule, thirdsOf, TOO_FEW_LAYERS } from './judging.ts';

const BOTH = [ROLE_LABELS.in, ROLE_LABELS.rl] as const;
const NEEDS = 'Attention of IN and RL on questions about images.';

export const ATTENTION_CLAIMS: readonly Claim[] = [
  {
    id: 'attention-more',
    paper: 'frankenstein',
    where: 'Eq. 1',
    says: 'After RL what the model writes attends more to the image, in the middle and late layers.',
    analysis: 'attention',
    needs: NEEDS,
    rule: sideRule('attention mass of RL less that of IN over Mid and Late, sample by sample,'),
    judge: (evidence) =>
      bySide(
        'above',
        ofRegions(
          evidence,
          'Attention mass on the image over Mid and Late, RL − IN',
          (records, { middle, late }) => regionDifference(records, BOTH, 'mass', middle[0], late[1]),
        ),
      ),
  },
  {
    id: 'attention-later',
    paper: 'frankenstein',
    where: 'Abstract; Eq. 1',
    says: 'RL shifts attention to the image mainly in the middle and late layers, less in the early ones.',
    analysis: 'attention',
    needs: NEEDS,
    rule: sideRule('RL − IN over Mid and Late less RL − IN over Early, sample by sample,'),
    judge: (evidence) =>
      bySide(
        'above',
        ofRegions(
          evidence,
          'RL − IN in attention mass over Mid and Late less that over Early',
          (records, { early, middle, late }) =>
            studentMean(
              records.flatMap((record) => {
                const [later, before] = [shift(record, middle[0], late[1]), shift(record, ...early)];
                return later === null || before === null ? [] : [later - before];
              }),
            ),
        ),
      ),
  },
];

function ofRegions(
  { attention }: Evidence,
  what: string,
  measure: (
    records: readonly AttentionRecord[],
    regions: NonNullable<ReturnType<typeof thirdsOf>>,
  ) => Mean | null,
): Contrast | string {
  if (attention.length === 0) return 'Attention was not measured in this study.';
  const both = attention.find(({ models }) => BOTH.every((name) => models.includes(name)));
  if (!both) return 'No attention of both IN and RL was measured.';
  const regions = thirdsOf(both.layers);
  if (!regions) return TOO_FEW_LAYERS;
  const found = measure(both.records, regions);
  if (!found) return 'In no sample did both models have a token to look from.';
  return { what, found, kind: 'student', form: signed, works: [both.work] };
}

/** RL − IN of one sample, mean over layers and their heads; null where one of them had no token to look from. */
function shift({ models }: AttentionRecord, first: number, last: number): number | null {
  const [before, after] = BOTH.map((name) => models.find((one) => one.name === name)?.mass ?? []);
  if (!before?.length || !after?.length) return null;
  const over = (mass: readonly (readonly number[])[]): number => mean(mass.slice(first, last + 1).map(mean));
  return over(after) - over(before);
}
