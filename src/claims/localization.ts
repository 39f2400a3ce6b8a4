/** Claims about where in depth functions lie: regions of one sample against each other, over samples. */
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
import { type SaidClaim, saidOf } from './claim.ts';
import { type Evidence, ofRl } from './evidence.ts';
import { bySide, type Contrast, POINTS, thirdsOf } from './judging.ts';
import type { ClaimWords } from './words.ts';

/** Regions whose layers are taken together, against others. */
interface Sides {
  readonly here: readonly Region[];
  readonly there: readonly Region[];
}

const EARLY: Sides = { here: ['early'], there: ['late'] };
const MID: Sides = { here: ['middle'], there: ['early', 'late'] };
const LATER: Sides = { here: ['middle', 'late'], there: ['early'] };
const LATE: Sides = { here: ['late'], there: ['early', 'middle'] };

const named = (names: readonly Region[], { regions }: ClaimWords): string =>
  regions(names.map((one) => REGION_LABELS[one]));

/** A difference of two shares of layers. */
const ENDS = { low: -1, high: 1 };

export const LOCALIZATION_CLAIMS: readonly SaidClaim[] = [
  swapClaim('recognition', EARLY),
  swapClaim('counting', MID),
  swapClaim('grounding', LATER),
  swapClaim('ocr', LATE),
  (said) => ({
    ...saidOf('reasoning-later', said),
    paper: 'frankenstein',
    analysis: 'ablate',
    needs: said.needs.ablate,
    rule: said.rules.side(said.rules.of.ablate, 'above'),
    judge: (evidence) => bySide('above', ablated(evidence, said), said),
  }),
];

function swapClaim(task: Task, sides: Sides): SaidClaim {
  return (said) => {
    const [here, there] = [named(sides.here, said), named(sides.there, said)];
    return {
      ...saidOf(`${task}-layers`, said),
      paper: 'visionFunctionLayer',
      analysis: 'swap',
      needs: said.needs.swap(said.tasks[task]),
      rule: said.rules.side(said.rules.of.swap(here, there), 'above'),
      judge: (evidence) => bySide('above', swapped(evidence, task, sides, said), said),
    };
  };
}

function swapped({ swap }: Evidence, task: Task, sides: Sides, said: ClaimWords): Contrast | string {
  const { missing, what, tasks } = said;
  if (swap.length === 0) return missing.swap;
  const single = ofRl(swap, ({ values }) => values['mode'] === 'single');
  if (!single) return missing.single;
  const { work, models, layers, values, records } = single;
  const definition = values['definition'] as Definition;
  const own = records.filter((record) => record.task === task);
  if (own.length === 0) return missing.pairs(tasks[task]);
  const changed = (record: SwapRecord, rows: readonly number[]): readonly boolean[] =>
    record.swapped
      .filter(({ layer }) => rows.includes(layer))
      .map(({ text }) => judgeSwap(record, text, definition).changed);
  const [here, there] = [named(sides.here, said), named(sides.there, said)];
  return contrast(own, layers, sides, changed, {
    what: what.swap(models[0] ?? '', tasks[task], here, there),
    works: [work],
    said,
  });
}

function ablated({ ablate }: Evidence, said: ClaimWords): Contrast | string {
  const { missing, what } = said;
  if (ablate.length === 0) return missing.ablate;
  const whole = ofRl(ablate, ({ values }) => (values['parts'] as readonly string[]).includes('layer'));
  if (!whole) return missing.whole;
  const { work, models, layers, records } = whole;
  const wrong = (record: AblationRecord, rows: readonly number[]): readonly boolean[] => {
    const names = new Set(rows.map((row) => ablateLayer(row).name));
    return record.ablated
      .filter(({ experiment }) => names.has(experiment))
      .map((said) => !gradeOf(record, said).correct);
  };
  return contrast(records, layers, LATER, wrong, {
    what: what.ablate(models[0] ?? ''),
    works: [work],
    said,
  });
}

/** Share of a sample's layers on one side less that on the other, over the samples that have layers on both. */
function contrast<Record>(
  records: readonly Record[],
  layers: number,
  { here, there }: Sides,
  hits: (record: Record, rows: readonly number[]) => readonly boolean[],
  { what, works, said }: Pick<Contrast, 'what' | 'works'> & { readonly said: ClaimWords },
): Contrast | string {
  const regions = thirdsOf(layers);
  if (!regions) return said.missing.layers;
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
  if (!found) return said.missing.probed(named(here, said), named(there, said));
  return { what, found, kind: 'bootstrap', ...POINTS, works };
}
