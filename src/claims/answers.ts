/** Claims about what models answer right: merges, frozen runs, puzzles by image and by text. */
import { gapTable } from '../evaluation/perception/gap-table.ts';
import { type MetricCell, metricTable } from '../evaluation/tables/metric-table.ts';
import { LEAST } from '../few-items.mjs';
import type { Metric } from '../grading/metrics.ts';
import { ROLE_LABELS } from '../roles.mjs';
import { comparePaired, type PairedComparison } from '../statistics/paired.ts';
import { type Judgement, type SaidClaim, saidOf } from './claim.ts';
import type { GradedAnswers } from './evidence.ts';
import { bySide, type Contrast, notTestable, POINTS } from './judging.ts';
import type { ClaimId, ClaimWords } from './words.ts';

/** RL with the late layers that RL trained put onto IN. */
const LATER = 'IN:RL:RL';

export const ANSWER_CLAIMS: readonly SaidClaim[] = [
  metricClaim('rl-vision', 'below', ROLE_LABELS.rl, 'M_vis'),
  metricClaim('rl-alignment', 'above', ROLE_LABELS.rl, 'M_v2r'),
  metricClaim('rl-reasoning', 'above', ROLE_LABELS.rl, 'M_rea'),
  metricClaim('transfer-alignment', 'above', LATER, 'M_v2r'),
  metricClaim('transfer-reasoning', 'above', LATER, 'M_rea'),
  frozenClaim('frozen-mid', 'Mid'),
  frozenClaim('frozen-late', 'Late'),
  (said) => ({
    ...saidOf('perception-gap', said),
    ...{ paper: 'disentangling', analysis: 'gap', byAnswers: true },
    needs: said.needs.gap,
    rule: said.rules.gap,
    judge: ({ gap: [first] }) => (first ? gaps(first, said) : notTestable(said.missing.gap)),
  }),
  domainClaim('puzzles-in-domain', 'in-domain'),
  domainClaim('puzzles-out-of-domain', 'out-of-domain'),
];

/** RL, or a merge, against IN. */
function metricClaim(id: ClaimId, side: 'above' | 'below', variant: string, metric: Metric): SaidClaim {
  return (said) => ({
    ...saidOf(id, said),
    ...{ paper: 'frankenstein', analysis: 'transfer', byAnswers: true },
    needs: said.needs.metric(variant, metric),
    rule: said.rules.side(said.rules.of.metric(metric, variant), side),
    judge: ({ transfer: [first] }) =>
      bySide(
        side,
        first ? compared(first, [ROLE_LABELS.in, variant], metric, said) : said.missing.transfer,
        said,
      ),
  });
}

function frozenClaim(id: ClaimId, region: 'Mid' | 'Late'): SaidClaim {
  return (said) => ({
    ...saidOf(id, said),
    ...{ paper: 'frankenstein', analysis: 'necessity', byAnswers: true },
    needs: said.needs.frozen(region),
    rule: said.rules.side(said.rules.of.frozen(region), 'below'),
    judge({ necessity: [first] }) {
      if (!first) return notTestable(said.missing.necessity);
      const names = [...new Set(first.graded.map(({ variant }) => variant))];
      const frozen = names.find((name) => name.toLowerCase().includes(region.toLowerCase()));
      if (frozen === undefined) return notTestable(said.missing.frozen(region));
      return bySide('below', compared(first, [ROLE_LABELS.rl, frozen], 'M_rea', said), said);
    },
  });
}

function domainClaim(id: ClaimId, domain: string): SaidClaim {
  return (said) => ({
    ...saidOf(id, said),
    ...{ paper: 'disentangling', analysis: 'gap', byAnswers: true },
    needs: said.needs.domain(domain),
    rule: said.rules.side(said.rules.of.domain(domain), 'above'),
    judge: ({ gap: [first] }) =>
      bySide('above', first ? byImage(first, domain, said) : said.missing.gap, said),
  });
}

/** A metric of two variants on the samples that both have answered, the second less the first. */
function compared(
  { graded }: GradedAnswers,
  [before, after]: readonly [string, string],
  metric: Metric,
  said: ClaimWords,
): Contrast | string {
  const rows = metricTable(graded, ROLE_LABELS.in);
  const cellOf = (variant: string): MetricCell | undefined =>
    rows.find((row) => row.variant === variant && row.cells[metric])?.cells[metric];
  const [from, to] = [cellOf(before), cellOf(after)];
  if (!from || !to) return said.missing.metric(from ? after : before, metric);
  const first = new Map(from.samples.map(({ id, counts }) => [id, counts]));
  const shared = to.samples.filter(({ id }) => first.has(id));
  const found = comparePaired(
    shared.map(({ id }) => first.get(id) === true),
    shared.map(({ counts }) => counts),
  );
  return paired(said.what.metric(metric, after, before), found);
}

function byImage({ graded }: GradedAnswers, domain: string, said: ClaimWords): Contrast | string {
  const right = (variant: string): ReadonlyMap<string, boolean> =>
    new Map(
      graded
        .filter((one) => one.variant === variant && one.settingIndex === 0 && one.domain === domain)
        .map(({ id, correct }) => [id, correct]),
    );
  const [before, after] = [right(ROLE_LABELS.in), right(ROLE_LABELS.rl)];
  const shared = [...before.keys()].filter((id) => after.has(id));
  if (shared.length === 0) return said.missing.domain(domain);
  const of = (answers: ReadonlyMap<string, boolean>): boolean[] =>
    shared.map((id) => answers.get(id) === true);
  return paired(said.what.domain(domain), comparePaired(of(before), of(after)));
}

function paired(what: string, { delta, interval, n }: PairedComparison): Contrast {
  return { what, found: { mean: delta, interval, n }, kind: 'newcombe', ...POINTS, works: [] };
}

function gaps({ graded }: GradedAnswers, said: ClaimWords): Judgement {
  const rows = gapTable(graded).flatMap(({ variant, pooled: { all } }) =>
    all && all.gap.n > 0 ? [{ variant, gap: all.gap }] : [],
  );
  const few = rows.find(({ gap }) => gap.n < LEAST);
  if (rows.length === 0) return notTestable(said.missing.both);
  if (few) return notTestable(said.missing.few(few.variant, few.gap.n));
  const each = rows.map(({ variant, gap }) => bySide('above', paired(said.what.gap(variant), gap), said));
  const [first] = each as [Judgement, ...Judgement[]];
  return {
    verdict: each.every(({ verdict }) => verdict === first.verdict) ? first.verdict : 'undecided',
    sentence: said.found.all(each.map(({ sentence }) => sentence)),
    works: [],
  };
}
