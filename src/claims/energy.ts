/** Claims about how large updates are, and where. All weights are compared: nothing is sampled, and there is no interval. */
import { energyByLayer } from '../analyses/energy/by-layer.ts';
import { percentText, spreadTexts } from '../number-text.mjs';
import { thirds } from '../regions.ts';
import { UPDATE_KEYS } from '../roles.mjs';
import type { FroNormFile } from '../spectra/results/fro-norm.ts';
import { type Spread, spreadOf } from '../statistics/spread.ts';
import type { Verdict } from '../verdicts.ts';
import { type Judgement, type SaidClaim, saidOf } from './claim.ts';
import type { Evidence, MeasuredUpdates } from './evidence.ts';
import { notTestable } from './judging.ts';
import type { ClaimId, ClaimWords } from './words.ts';

/** "Far smaller" is ours: the ranges that the paper's figure shows lie a factor of twenty to two hundred apart. */
const FAR = 0.1;

export const ENERGY_CLAIMS: readonly SaidClaim[] = [
  energyClaim('energy-smaller', 'smaller', smaller),
  energyClaim('energy-later', 'later', later),
];

type JudgeLayers = (layers: readonly Layer[], works: readonly string[], said: ClaimWords) => Judgement;

function energyClaim(id: ClaimId, rule: 'smaller' | 'later', judge: JudgeLayers): SaidClaim {
  return (said) => ({
    ...saidOf(id, said),
    paper: 'frankenstein',
    analysis: 'energy',
    needs: said.needs.energy,
    rule: said.rules[rule],
    judge: (evidence) => ofBoth(evidence, judge, said),
  });
}

interface Layer {
  readonly layer: number;
  readonly before: number;
  readonly after: number;
  readonly atFloor: boolean;
}

function ofBoth({ energy }: Evidence, judge: JudgeLayers, said: ClaimWords): Judgement {
  if (energy.length === 0) return notTestable(said.missing.energy);
  const found = energy.map(({ work, file }) => ({ work, layers: layersOf({ work, file }) }));
  const both = found.find(({ layers }) => layers.length > 0);
  if (!both) return notTestable(said.missing.energyOfBoth);
  return judge(both.layers, [both.work], said);
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

function smaller(layers: readonly Layer[], works: readonly string[], said: ClaimWords): Judgement {
  if (layers.some(({ before }) => before === 0)) return notTestable(said.missing.zero, works);
  const ratios = layers.map(({ before, after }) => after / before);
  const far = ratios.filter((ratio) => ratio <= FAR).length;
  const rounded = layers.filter(({ atFloor }) => atFloor).length;
  const [least, most] = [percentText(Math.min(...ratios)), percentText(Math.max(...ratios))];
  return {
    verdict: rounded > 0 ? 'undecided' : all(far, layers.length),
    sentence: said.found.smaller(least, most, far, layers.length, rounded),
    works,
  };
}

/** Every one, none, or some. */
function all(count: number, of: number): Verdict {
  return count === of ? 'supported' : count === 0 ? 'not supported' : 'undecided';
}

function later(layers: readonly Layer[], works: readonly string[], said: ClaimWords): Judgement {
  const [cut] = thirds(Math.max(...layers.map(({ layer }) => layer)));
  const over = (fits: (layer: number) => boolean): Spread =>
    spreadOf(layers.filter(({ layer }) => fits(layer)).map(({ after }) => after));
  const [early, rest] = [over((layer) => layer <= cut), over((layer) => layer > cut)];
  if (early.deviation === null || rest.deviation === null) return notTestable(said.missing.layers, works);
  const [earlyText, restText] = spreadTexts([early, rest]);
  const apart = Math.abs(rest.mean - early.mean) > early.deviation + rest.deviation;
  const verdict = !apart ? 'undecided' : rest.mean > early.mean ? 'supported' : 'not supported';
  return {
    verdict,
    sentence: said.found.later(restText?.[0] ?? '', rest.n, earlyText?.[0] ?? '', early.n),
    works,
  };
}
