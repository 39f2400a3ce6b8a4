/** Claims about where in depth functions lie: regions of one sample against each other, over samples. */
import { TASK_NAMES } from '../analyses/swap/words.mjs';
import { ablateLayer } from '../probes/ablation/experiment.ts';
import { gradeOf } from '../probes/ablation/grade.ts';
import type { AblationRecord } from '../probes/ablation/sweep.ts';
import type { Definition } from '../probes/answers/judged.ts';
import { judgeSwap } from '../probes/swap/verdict.ts';
import type { SwapRecord } from '../probes/swap/sweep.ts';
import type { Task } from '../probes/task.ts';
import { REGION_LABELS, type Region } from '../regions.ts';
import { bootstrapMean } from '../statistics/bootstrap.ts';
import { mean } from '../statistics/mean.ts';
import { listed } from '../listed.mjs';
import type { Claim } from './claim.ts';
import { type Evidence, ofRl } from './evidence.ts';
import { bySide, type Contrast, POINTS, sideRule, thirdsOf, TOO_FEW_LAYERS } from './judging.ts';

/** Regions whose layers are taken together, against others. */
interface Sides {
  readonly here: readonly Region[];
  readonly there: readonly Region[];
}

const EARLY: Sides = { here: ['early'], there: ['late'] };
const MID: Sides = { here: ['middle'], there: ['early', 'late'] };
const LATER: Sides = { here: ['middle', 'late'], there: ['early'] };
const LATE: Sides = { here: ['late'], there: ['early', 'middle'] };

const named = (regions: readonly Region[]): string => listed(regions.map((one) => REGION_LABELS[one]));

/** A difference of two shares of layers. */
const ENDS = { low: -1, high: 1 };

export const LOCALIZATION_CLAIMS: readonly Claim[] = [
  swapClaim(
    'recognition',
    EARLY,
    'What an object is is read from the image in the first layers (0 to 10 of 28).',
  ),
  swapClaim('counting', MID, 'Counts are read from the image in the middle (layer 12 of 28).'),
  swapClaim('grounding', LATER, 'Places are read from the image after the first third (layer 18 of 28).'),
  swapClaim('ocr', LATE, 'Words are read from the image late (layer 22 of 28).'),
  {
    id: 'reasoning-later',
    paper: 'frankenstein',
    where: 'functional localization, zero ablation',
    says: 'Reasoning is computed in the middle and late layers: without one of them more answers go wrong than without an early one.',
    analysis: 'ablate',
    needs: 'Zero ablation of whole layers, one at a time.',
    rule: sideRule(
      'wrong answers without a layer of Mid or Late less wrong answers without one of Early, problem by problem,',
    ),
    note: 'The paper’s abstract says of RL’s changes that they lie there; that reasoning does is how we read its layer by layer probing.',
    judge: (evidence) => bySide('above', ablated(evidence)),
  },
];

function swapClaim(task: Task, sides: Sides, says: string): Claim {
  const [here, there] = [named(sides.here), named(sides.there)];
  return {
    id: `${task}-layers`,
    paper: 'visionFunctionLayer',
    where: 'swap of single layers, model of 28 layers',
    says,
    analysis: 'swap',
    needs: `Token swap of single layers on pairs of ${TASK_NAMES[task]}.`,
    rule: sideRule(
      `answers changed by a layer of ${here} less answers changed by one of ${there}, pair by pair,`,
    ),
    judge: (evidence) => bySide('above', swapped(evidence, task, sides)),
  };
}

function swapped({ swap }: Evidence, task: Task, sides: Sides): Contrast | string {
  if (swap.length === 0) return 'The token swap was not run in this study.';
  const single = ofRl(swap, ({ values }) => values['mode'] === 'single');
  if (!single) return 'Layers were swapped together with all after them, not alone.';
  const { work, models, layers, values, records } = single;
  const definition = values['definition'] as Definition;
  const own = records.filter((record) => record.task === task);
  if (own.length === 0) return `No pairs of ${TASK_NAMES[task]} were asked.`;
  const changed = (record: SwapRecord, rows: readonly number[]): readonly boolean[] =>
    record.swapped
      .filter(({ layer }) => rows.includes(layer))
      .map(({ text }) => judgeSwap(record, text, definition).changed);
  return contrast(own, layers, sides, changed, {
    what: `${models[0]}, ${TASK_NAMES[task]}: answers changed by a layer of ${named(sides.here)} less those changed by one of ${named(sides.there)}`,
    works: [work],
  });
}

function ablated({ ablate }: Evidence): Contrast | string {
  if (ablate.length === 0) return 'Zero ablation was not run in this study.';
  const whole = ofRl(ablate, ({ values }) => (values['parts'] as readonly string[]).includes('layer'));
  if (!whole) return 'Only attention or MLP were left out, not whole layers.';
  const { work, models, layers, records } = whole;
  const wrong = (record: AblationRecord, rows: readonly number[]): readonly boolean[] => {
    const names = new Set(rows.map((row) => ablateLayer(row).name));
    return record.ablated
      .filter(({ experiment }) => names.has(experiment))
      .map((said) => !gradeOf(record, said).correct);
  };
  return contrast(records, layers, LATER, wrong, {
    what: `${models[0]}: wrong answers without a layer of Mid or Late less those without one of Early`,
    works: [work],
  });
}

/** Share of a sample's layers on one side less that on the other, over the samples that have layers on both. */
function contrast<Record>(
  records: readonly Record[],
  layers: number,
  { here, there }: Sides,
  hits: (record: Record, rows: readonly number[]) => readonly boolean[],
  { what, works }: Pick<Contrast, 'what' | 'works'>,
): Contrast | string {
  const regions = thirdsOf(layers);
  if (!regions) return TOO_FEW_LAYERS;
  const rows = (names: readonly Region[]): readonly number[] =>
    names.flatMap((name) => {
      const [first, last] = regions[name];
      return Array.from({ length: last - first + 1 }, (_, at) => first + at);
    });
  const [rowsHere, rowsThere] = [rows(here), rows(there)];
  const values = records.flatMap((record) => {
    const [ours, others] = [hits(record, rowsHere), hits(record, rowsThere)];
    return ours.length > 0 && others.length > 0 ? [mean(ours.map(Number)) - mean(others.map(Number))] : [];
  });
  const found = bootstrapMean(values, ENDS);
  if (!found) return `No layer of ${named(here)} and of ${named(there)} was probed.`;
  return { what, found, kind: 'bootstrap', ...POINTS, works };
}
