/** The standard merges of IN and RL on M_vis, M_v2r and M_rea (docs/method.md §7.2). */
import { type MetricRow, metricTable } from '../../evaluation/tables/metric-table.ts';
import { blockVariant } from '../../evaluation/variant.ts';
import { STANDARD_BLOCKS } from '../../merge/recipe/blocks.ts';
import type { AskedModel } from '../asked-model.ts';
import type { ValuesOf } from '../declaration.ts';
import { comparedCells } from '../compared-cells.ts';
import type { Evaluation } from '../evaluation.ts';
import { parseCuts } from '../../regions.ts';
import { asksMetrics, metricPlan } from '../metric-plan.ts';
import { declaration } from './declaration.mjs';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

/** The models that merges are made of, by their names: every other is part of a stitch alone. */
function donorsOf(models: readonly AskedModel[]): Readonly<Record<string, AskedModel>> {
  const roles = Object.values(declaration.models).map(({ role }) => role);
  return Object.fromEntries(
    roles.flatMap((role) => models.filter(({ name }) => name === role).map((asked) => [role, asked])),
  );
}

export const analysis: Evaluation<Values, readonly MetricRow[]> = {
  ...{ declaration, words },

  needs(models, said = words) {
    const { IN, RL } = donorsOf(models);
    return IN && RL ? null : said.needs;
  },

  asksAny: asksMetrics,

  async plan(given, values) {
    const { models, further = [] } = given;
    const donors = donorsOf(models);
    const standard = [...('Base' in donors ? ['Base'] : []), ...STANDARD_BLOCKS];
    const blocks = values.variants.length > 0 ? values.variants : standard;
    const cuts = parseCuts(values.cuts, donors['IN']?.checkpoint.layers ?? 0);
    const merges = await Promise.all(blocks.map((name) => blockVariant(name, donors, cuts, 'variants')));
    return metricPlan(given, [...merges, ...further], { ...values, cuts });
  },

  table: (graded, { reference }) => metricTable(graded, reference),

  findings: (rows, { reference }, said: typeof words = words) =>
    [said.findings.beyondChance(comparedCells(rows), reference)].filter(Boolean),
};
