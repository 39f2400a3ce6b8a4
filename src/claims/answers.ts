/** Claims about what models answer right: merges, frozen runs, puzzles by image and by text. */
import { gapTable } from '../evaluation/perception/gap-table.ts';
import { type MetricCell, metricTable } from '../evaluation/tables/metric-table.ts';
import { itemsText, LEAST } from '../few-items.mjs';
import type { Metric } from '../grading/metrics.ts';
import { ROLE_LABELS } from '../roles.mjs';
import { comparePaired, type PairedComparison } from '../statistics/paired.ts';
import type { Claim, Judgement } from './claim.ts';
import type { GradedAnswers } from './evidence.ts';
import { bySide, type Contrast, notTestable, POINTS, sideRule } from './judging.ts';

type Evaluated = 'transfer' | 'necessity' | 'gap';

const NOT_RUN: Readonly<Record<Evaluated, string>> = {
  transfer: 'The evaluation of merges was not run in this study.',
  necessity: 'Frozen runs were not evaluated in this study.',
  gap: 'Puzzles were not asked in this study.',
};

/** RL with the late layers that RL trained put onto IN. */
const LATER = 'IN:RL:RL';

export const ANSWER_CLAIMS: readonly Claim[] = [
  metricClaim('rl-vision', 'below', ROLE_LABELS.rl, 'M_vis', {
    where: 'Abstract; Table 2',
    says: 'RL does not make the model see better across the board.',
    note: 'That there is no gain cannot be shown; only a loss supports it.',
  }),
  metricClaim('rl-alignment', 'above', ROLE_LABELS.rl, 'M_v2r', {
    where: 'Abstract; Table 2',
    says: 'RL improves reasoning from what is seen.',
  }),
  metricClaim('rl-reasoning', 'above', ROLE_LABELS.rl, 'M_rea', {
    where: 'Abstract; Table 2',
    says: 'RL improves reasoning.',
  }),
  metricClaim('transfer-alignment', 'above', LATER, 'M_v2r', {
    where: 'Table 2',
    says: 'The middle and late layers of RL, put into IN, bring a gain in reasoning from what is seen.',
  }),
  metricClaim('transfer-reasoning', 'above', LATER, 'M_rea', {
    where: 'Table 2',
    says: 'The middle and late layers of RL, put into IN, bring a gain in reasoning.',
  }),
  frozenClaim('Mid', 'Without training the middle layers RL gains less in reasoning.'),
  frozenClaim(
    'Late',
    'Without training the late layers RL loses its gain in reasoning.',
    'The paper’s own Table 3 has 34 of 100 both for RL and for RL with Late frozen.',
  ),
  {
    id: 'perception-gap',
    paper: 'disentangling',
    where: 'accuracy by image and by text',
    says: 'Seeing is what fails: told in words, the same puzzles are solved more often.',
    ...{ analysis: 'gap', byAnswers: true },
    needs: 'Puzzles by image and by text, of any models.',
    rule: 'Supported where the 95 % interval of right by text less right by image lies above 0 for every model, not supported where it lies below 0 for every model, undecided otherwise.',
    judge: ({ gap: [first] }) => (first ? gaps(first) : notTestable(NOT_RUN.gap)),
  },
  domainClaim('in-domain', 'puzzles of the kinds that it was trained on'),
  domainClaim(
    'out-of-domain',
    'puzzles of kinds that it was not trained on',
    'The paper’s first version says so; its later abstract speaks of transfer that is traded for in-domain accuracy.',
  ),
];

/** RL, or a merge, against IN. */
function metricClaim(
  id: string,
  side: 'above' | 'below',
  variant: string,
  metric: Metric,
  told: Pick<Claim, 'where' | 'says' | 'note'>,
): Claim {
  return {
    ...{ id, paper: 'frankenstein', ...told, analysis: 'transfer', byAnswers: true },
    needs: `${variant} and IN on ${metric}.`,
    rule: sideRule(`${metric} of ${variant} less that of IN, question by question,`, side),
    judge: ({ transfer: [first] }) =>
      bySide(side, first ? compared(first, [ROLE_LABELS.in, variant], metric) : NOT_RUN.transfer),
  };
}

function frozenClaim(region: 'Mid' | 'Late', says: string, note?: string): Claim {
  return {
    id: `frozen-${region.toLowerCase()}`,
    paper: 'frankenstein',
    where: 'Table 3',
    says,
    ...{ analysis: 'necessity', byAnswers: true },
    needs: `RL and a run with ${region} frozen, with "${region.toLowerCase()}" in its name, on M_rea.`,
    rule: sideRule(`M_rea of the run with ${region} frozen less that of RL, question by question,`, 'below'),
    ...(note === undefined ? {} : { note }),
    judge({ necessity: [first] }) {
      if (!first) return notTestable(NOT_RUN.necessity);
      const names = [...new Set(first.graded.map(({ variant }) => variant))];
      const frozen = names.find((name) => name.toLowerCase().includes(region.toLowerCase()));
      if (frozen === undefined) return notTestable(`No run with ${region} frozen was evaluated.`);
      return bySide('below', compared(first, [ROLE_LABELS.rl, frozen], 'M_rea'));
    },
  };
}

function domainClaim(domain: string, what: string, note?: string): Claim {
  return {
    id: `puzzles-${domain}`,
    paper: 'disentangling',
    where: 'v1, abstract; accuracy by reward',
    says: `RL for puzzles answers more ${what}.`,
    ...{ analysis: 'gap', byAnswers: true },
    needs: `Puzzles by image that are marked ${domain}, of IN and RL.`,
    rule: sideRule(`right answers by image of RL less those of IN, puzzle by puzzle (${domain}),`),
    ...(note === undefined ? {} : { note }),
    judge: ({ gap: [first] }) => bySide('above', first ? byImage(first, domain) : NOT_RUN.gap),
  };
}

/** A metric of two variants on the samples that both have answered, the second less the first. */
function compared(
  { graded }: GradedAnswers,
  [before, after]: readonly [string, string],
  metric: Metric,
): Contrast | string {
  const rows = metricTable(graded, ROLE_LABELS.in);
  const cellOf = (variant: string): MetricCell | undefined =>
    rows.find((row) => row.variant === variant && row.cells[metric])?.cells[metric];
  const [from, to] = [cellOf(before), cellOf(after)];
  if (!from || !to) return `${from ? after : before} was not asked for ${metric}.`;
  const first = new Map(from.samples.map(({ id, counts }) => [id, counts]));
  const shared = to.samples.filter(({ id }) => first.has(id));
  const found = comparePaired(
    shared.map(({ id }) => first.get(id) === true),
    shared.map(({ counts }) => counts),
  );
  return paired(`${metric}, ${after} − ${before}`, found);
}

function byImage({ graded }: GradedAnswers, domain: string): Contrast | string {
  const right = (variant: string): ReadonlyMap<string, boolean> =>
    new Map(
      graded
        .filter((one) => one.variant === variant && one.settingIndex === 0 && one.domain === domain)
        .map(({ id, correct }) => [id, correct]),
    );
  const [before, after] = [right(ROLE_LABELS.in), right(ROLE_LABELS.rl)];
  const shared = [...before.keys()].filter((id) => after.has(id));
  if (shared.length === 0) return `No puzzle that is marked ${domain} was answered by both IN and RL.`;
  const of = (answers: ReadonlyMap<string, boolean>): boolean[] =>
    shared.map((id) => answers.get(id) === true);
  return paired(`Right by image, RL − IN, ${domain}`, comparePaired(of(before), of(after)));
}

function paired(what: string, { delta, interval, n }: PairedComparison): Contrast {
  return { what, found: { mean: delta, interval, n }, kind: 'newcombe', ...POINTS, works: [] };
}

function gaps({ graded }: GradedAnswers): Judgement {
  const rows = gapTable(graded).flatMap(({ variant, pooled: { all } }) =>
    all && all.gap.n > 0 ? [{ variant, gap: all.gap }] : [],
  );
  const few = rows.find(({ gap }) => gap.n < LEAST);
  if (rows.length === 0) return notTestable('No puzzle was answered both by image and by text.');
  if (few) return notTestable(`${few.variant}: ${itemsText(few.gap.n)}.`);
  const each = rows.map(({ variant, gap }) =>
    bySide('above', paired(`${variant}, right by text − by image`, gap)),
  );
  const [first] = each as [Judgement, ...Judgement[]];
  return {
    verdict: each.every(({ verdict }) => verdict === first.verdict) ? first.verdict : 'undecided',
    sentence: each.map(({ sentence }) => sentence).join(' '),
    works: [],
  };
}
