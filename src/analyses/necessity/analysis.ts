/** RL repeated with a region frozen: the metrics of §7.2, and whether the region is untouched (docs/method.md §8). */
import { wholeModel } from '../../engine/subject.ts';
import { type MetricRow, metricTable } from '../../evaluation/tables/metric-table.ts';
import { subjectVariant } from '../../evaluation/variant.ts';
import { parseCuts, thirds } from '../../regions.ts';
import type { ValuesOf } from '../declaration.ts';
import { comparedCells } from '../compared-cells.ts';
import type { Evaluation } from '../evaluation.ts';
import { asksMetrics, metricPlan } from '../metric-plan.ts';
import { declaration } from './declaration.mjs';
import { frozenCheck } from './frozen-check.ts';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

/** What every run is compared with. */
export const REFERENCE = declaration.models.in.role;

/** What the command writes besides, of the updates. */
export const CHECK_FILE = 'frozen_check.json';

export const analysis: Evaluation<Values, readonly MetricRow[]> = {
  ...{ declaration, words },

  needs: (models, said = words) =>
    models.length > 1 && models.some(({ name }) => name === REFERENCE) ? null : said.needs,

  asksAny: asksMetrics,

  async plan(given, values) {
    const { models } = given;
    const layers = models.find(({ name }) => name === REFERENCE)?.checkpoint.layers ?? 0;
    const cuts = parseCuts(values.cuts, layers);
    const variants = await Promise.all(
      models.map((asked) =>
        subjectVariant(asked.name, wholeModel(asked.checkpoint.id, asked.checkpoint.layers), [asked]),
      ),
    );
    const plan = await metricPlan(given, variants, { ...values, cuts, reference: REFERENCE });
    return {
      ...plan,
      async files(answered) {
        const files = await plan.files(answered);
        const { updates } = answered;
        if (!updates) return files;
        const check = frozenCheck(updates, models, cuts ?? thirds(updates.plan.pairing.layers));
        return new Map([...files, [CHECK_FILE, [`${JSON.stringify(check, null, 2)}\n`]]]);
      },
    };
  },

  table: (graded) => metricTable(graded, REFERENCE),

  findings(rows, _, said: typeof words = words) {
    const cells = rows.flatMap((row) => Object.values(row.cells).map((cell) => ({ name: row.name, cell })));
    const compared = comparedCells(rows);
    return [
      ...[said.findings.beyondChance(compared, REFERENCE)].filter(Boolean),
      ...compared.map(({ name, cell }) => said.findings.compared(name, cell, REFERENCE)),
      ...cells
        .filter(({ cell }) => cell.undecided > 0)
        .map(({ name, cell }) => said.findings.undecided(name, cell)),
    ];
  },
};
