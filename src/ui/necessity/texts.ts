import { texts } from '../language/texts.ts';

export const en = {
  waiting: (models: readonly string[]) => `Open but not loaded, and so not asked: ${models.join(', ')}.`,
  loadThem: 'Load them',
  chart: 'Runs with a frozen region on the three metrics',
  published: {
    title: 'Published table',
    note: (citation: string, model: string, faults: string) =>
      `${citation}: ${model}, printed without intervals. ${faults}`,
  },
  check: {
    title: 'Is the frozen region untouched, and where did the update go?',
    needs: 'Open IN and at least one run, then measure their updates.',
    measure: 'Measure updates',
    update: 'update from IN',
    region: 'region',
    unchanged: 'elements unchanged',
    norm: (norm: string) => `${norm}, region as one vector`,
    share: 'share of Σ δ²',
    against: 'against RL (points)',
    all: 'all',
    places: { early: 'early', middle: 'middle', late: 'late', outside: 'outside' },
    partly: 'Not all weights are read yet: this speaks of those that are.',
  },
  settings: {
    title: 'Freeze a region in your own training',
    frozen: 'Frozen',
    vision: 'Vision tower and projector',
    visions: { frozen: 'frozen', trained: 'trained' },
    regions:
      'Regions are those of the cuts on the strip. Patterns mean both spellings of the names, before and after transformers 4.52.',
    impossible: (reason: string) => `Not possible: ${reason}.`,
    /** What a trainer's settings say of themselves. */
    note: (note: string) => note,
  },
  definition: {
    necessity: 'Necessity',
    necessityText:
      'A region is necessary for a gain if RL without it being free to change does not reach that gain. Runs with Early, Mid or Late frozen are compared with IN and RL on M_vis, M_v2r and M_rea, defined as on the Transfer page, on the same questions in the same words. Intervals are Wilson’s, 95 %; differences from IN are paired, with McNemar’s exact test, adjusted after Holm over the runs of a metric.',
    check: 'The check',
    checkText:
      'A frozen region’s update from IN must be exactly zero: every stored element of every weight is compared. Norm weights are not part of the energy measure and so not of this check. Shares say which part of the update’s energy, Σ δ², lies in each region, and so where the update went instead.',
    limits: 'What it does not say',
    limitsText:
      'One run of each kind says nothing of the spread between runs with other seeds. In the paper’s Table 3 Late-frozen M_rea equals RL’s, so that the table does not support that freezing Late eliminates the gain.',
  },
};

export const t = texts('necessity', en);
