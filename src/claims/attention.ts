/** Claims about where RL looks more at the image than IN. */
import type { AttentionRecord } from '../probes/attention/shift.ts';
import { regionDifference } from '../probes/attention/difference.ts';
import { ROLE_LABELS } from '../roles.mjs';
import { signed } from '../number-text.mjs';
import { mean } from '../statistics/mean.ts';
import type { Mean } from '../statistics/mean-interval.ts';
import { studentMean } from '../statistics/student.ts';
import { type SaidClaim, saidOf } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { bySide, type Contrast, thirdsOf } from './judging.ts';
import type { ClaimId, ClaimWords } from './words.ts';

const BOTH = [ROLE_LABELS.in, ROLE_LABELS.rl] as const;
export const ATTENTION_CLAIMS: readonly SaidClaim[] = [
  attentionClaim('attention-more', 'attention', (records, { middle, late }) =>
    regionDifference(records, BOTH, 'mass', middle[0], late[1]),
  ),
  attentionClaim('attention-later', 'shift', (records, { early, middle, late }) =>
    studentMean(
      records.flatMap((record) => {
        const [later, before] = [shift(record, middle[0], late[1]), shift(record, ...early)];
        return later === null || before === null ? [] : [later - before];
      }),
    ),
  ),
];

type Measure = (
  records: readonly AttentionRecord[],
  regions: NonNullable<ReturnType<typeof thirdsOf>>,
) => Mean | null;

function attentionClaim(id: ClaimId, what: 'attention' | 'shift', measure: Measure): SaidClaim {
  return (said) => ({
    ...saidOf(id, said),
    paper: 'frankenstein',
    analysis: 'attention',
    needs: said.needs.attention,
    rule: said.rules.side(said.rules.of[what], 'above'),
    judge: (evidence) => bySide('above', ofRegions(evidence, said.what[what], measure, said), said),
  });
}

function ofRegions(
  { attention }: Evidence,
  what: string,
  measure: Measure,
  { missing }: ClaimWords,
): Contrast | string {
  if (attention.length === 0) return missing.attention;
  const both = attention.find(({ models }) => BOTH.every((name) => models.includes(name)));
  if (!both) return missing.attentionOfBoth;
  const regions = thirdsOf(both.layers);
  if (!regions) return missing.layers;
  const found = measure(both.records, regions);
  if (!found) return missing.tokens;
  return { what, found, kind: 'student', form: signed, works: [both.work] };
}

/** RL − IN of one sample, mean over layers and their heads; null where one of them had no token to look from. */
function shift({ models }: AttentionRecord, first: number, last: number): number | null {
  const [before, after] = BOTH.map((name) => models.find((one) => one.name === name)?.mass ?? []);
  if (!before?.length || !after?.length) return null;
  const over = (mass: readonly (readonly number[])[]): number => mean(mass.slice(first, last + 1).map(mean));
  return over(after) - over(before);
}
