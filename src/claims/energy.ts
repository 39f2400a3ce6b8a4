/** Claims about how large updates are, and where. All weights are compared: nothing is sampled, and there is no interval. */
import { energyByLayer } from '../analyses/energy/by-layer.ts';
import { counted } from '../counted.ts';
import { percentText, spreadTexts } from '../number-text.mjs';
import { thirds } from '../regions.ts';
import { UPDATE_KEYS } from '../roles.mjs';
import type { FroNormFile } from '../spectra/results/fro-norm.ts';
import { type Spread, spreadOf } from '../statistics/spread.ts';
import type { Verdict } from '../verdicts.ts';
import type { Claim, Judgement } from './claim.ts';
import type { Evidence, MeasuredUpdates } from './evidence.ts';
import { notTestable, TOO_FEW_LAYERS } from './judging.ts';

/** "Far smaller" is ours: the ranges that the paper's figure shows lie a factor of twenty to two hundred apart. */
const FAR = 0.1;

const NEEDS = 'Update energy of Base, IN and RL, RL compared with IN.';

export const ENERGY_CLAIMS: readonly Claim[] = [
  {
    id: 'energy-smaller',
    paper: 'frankenstein',
    where: 'Fig. 5',
    says: 'RL changes the weights far less than the supervised cold start before it.',
    analysis: 'energy',
    needs: NEEDS,
    rule: 'Supported where the mean ‖Δ‖/‖W‖ of RL − IN is at most a tenth of that of IN − Base in every layer of the language model, not supported where in none, undecided otherwise. That a tenth is "far less" is our reading.',
    judge: (evidence) => ofBoth(evidence, smaller),
  },
  {
    id: 'energy-later',
    paper: 'frankenstein',
    where: 'Abstract; Fig. 5',
    says: 'What RL changes lies mostly in the middle and late layers.',
    analysis: 'energy',
    needs: NEEDS,
    rule: 'Supported where mean ‖Δ‖/‖W‖ of RL − IN ± its standard deviation between layers lies higher over Mid and Late together than over Early, not supported where it lies lower, undecided where the two overlap. The ± is a spread between layers, no interval.',
    judge: (evidence) => ofBoth(evidence, later),
  },
];

interface Layer {
  readonly layer: number;
  readonly before: number;
  readonly after: number;
  readonly atFloor: boolean;
}

function ofBoth(
  { energy }: Evidence,
  judge: (layers: readonly Layer[], works: readonly string[]) => Judgement,
): Judgement {
  if (energy.length === 0) return notTestable('Update energy was not measured in this study.');
  const found = energy.map(({ work, file }) => ({ work, layers: layersOf({ work, file }) }));
  const both = found.find(({ layers }) => layers.length > 0);
  if (!both) return notTestable('No update energy of both IN − Base and RL − IN was measured.');
  return judge(both.layers, [both.work]);
}

/** Of the language model; empty where one of both updates is missing, or RL was compared with Base. */
function layersOf({ file }: MeasuredUpdates<FroNormFile>): readonly Layer[] {
  const rl = file.frankenscope?.deltas.find(({ key }) => key === UPDATE_KEYS.rl);
  if (rl?.from !== 'in') return [];
  const before = energyByLayer(file, UPDATE_KEYS.in, 'relative');
  return energyByLayer(file, UPDATE_KEYS.rl, 'relative').flatMap((one) => {
    const other = before.find(({ layer }) => layer === one.layer);
    if (!other || one.layer < 1) return [];
    const atFloor = 'atFloor' in one && one.atFloor;
    return [{ layer: one.layer, before: other.value, after: one.value, atFloor }];
  });
}

function smaller(layers: readonly Layer[], works: readonly string[]): Judgement {
  if (layers.some(({ before }) => before === 0))
    return notTestable('IN − Base is exactly zero in some layer.', works);
  const ratios = layers.map(({ before, after }) => after / before);
  const far = ratios.filter((ratio) => ratio <= FAR).length;
  const rounded = layers.filter(({ atFloor }) => atFloor).length;
  const [least, most] = [percentText(Math.min(...ratios)), percentText(Math.max(...ratios))];
  const range = least === most ? least : `${least} to ${most}`;
  const floor = rounded > 0 ? ` In ${counted(rounded, 'layer')} RL − IN is not told from rounding.` : '';
  return {
    verdict: rounded > 0 ? 'undecided' : all(far, layers.length),
    sentence: `Mean ‖Δ‖/‖W‖ of RL − IN is ${range} of that of IN − Base, and at most a tenth in ${far} of ${counted(layers.length, 'layer')}; of all weights, so without an interval.${floor}`,
    works,
  };
}

/** Every one, none, or some. */
function all(count: number, of: number): Verdict {
  return count === of ? 'supported' : count === 0 ? 'not supported' : 'undecided';
}

function later(layers: readonly Layer[], works: readonly string[]): Judgement {
  const [cut] = thirds(Math.max(...layers.map(({ layer }) => layer)));
  const over = (fits: (layer: number) => boolean): Spread =>
    spreadOf(layers.filter(({ layer }) => fits(layer)).map(({ after }) => after));
  const [early, rest] = [over((layer) => layer <= cut), over((layer) => layer > cut)];
  if (early.deviation === null || rest.deviation === null) return notTestable(TOO_FEW_LAYERS, works);
  const [earlyText, restText] = spreadTexts([early, rest]);
  const apart = Math.abs(rest.mean - early.mean) > early.deviation + rest.deviation;
  const verdict = !apart ? 'undecided' : rest.mean > early.mean ? 'supported' : 'not supported';
  return {
    verdict,
    sentence: `Mean ‖Δ‖/‖W‖ of RL − IN is ${restText?.[0]} over Mid and Late (${counted(rest.n, 'layer')}), ${earlyText?.[0]} over Early (${counted(early.n, 'layer')}); standard deviation between layers, no interval.`,
    works,
  };
}
