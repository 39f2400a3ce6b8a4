/** Principal subspaces: which directions two updates share (docs/method.md §6.1). */
import * as v from 'valibot';
import { identifyBy } from '../../identity/identify.ts';
import { NamedError } from '../../named-error.ts';
import type { DeltaSpec } from '../../spectra/deltas/delta-spec.ts';
import { pairTensors } from '../../spectra/deltas/pairing.ts';
import { measureOverlap, vectorsOf, type OverlapRecord } from '../../spectra/overlap.ts';
import { thirds } from '../../regions.ts';
import {
  overlapSection,
  subspaceOverlapFile,
  type SubspaceOverlapFile,
} from '../../spectra/results/subspace-overlap-file.ts';
import type { ValuesOf } from '../declaration.ts';
import { layerMeans } from '../layer-means.ts';
import {
  comparisonOf,
  DECIDING_COMPUTER,
  DECIDING_UPDATES,
  decidingUpdates,
  updatesOf,
  usedBy,
} from '../measured-updates.ts';
import { computerShape } from '../record-shapes.ts';
import type { Updates } from '../updates.ts';
import { characterizeProvenance, modelNames, namesOf } from '../updates-provenance.ts';
import { chanceAt, overlapAt, overlapByLayer, overlapCounts } from './by-layer.ts';
import { someOf } from '../shard.ts';
import { declaration } from './declaration.mjs';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

const decidedBy = {
  ...DECIDING_UPDATES,
  part: 'which weights are measured',
  k: 'how many directions are compared',
  seed: 'what the iteration begins with',
  computer: DECIDING_COMPUTER,
};

const numbers = v.array(v.number());
const subspaces = v.strictObject({
  ...{ overlap: v.number(), overlaps: numbers, expected: v.number() },
  ...{ angles: numbers, k: v.number(), dimension: v.number() },
});

export const analysis: Updates<Values, OverlapRecord, SubspaceOverlapFile> = {
  ...{ declaration, words, decidedBy },

  shape: v.strictObject({
    ...{ rows: v.number(), columns: v.number(), k: v.number(), residual: v.number() },
    ...{ left: v.nullable(subspaces), right: v.nullable(subspaces), ...computerShape },
  }),

  plan({ checkpoints, computer }, values) {
    const choices = updatesOf(checkpoints, values);
    const deltas = pairOf(choices, values.pair);
    const used = usedBy(checkpoints, deltas);
    const { weights, rounding, outside, directions: k, seed } = values;
    const pairing = pairTensors(used, { weights, matrices: true, outside });
    const total = pairing.families.length;
    const keys = deltas.map(({ key }) => key).join(' and ');
    const title = `Overlap of ${keys} in ${namesOf(used)}; ${weights ?? 'all weights'}, ${k} directions`;
    const deciding = { ...decidingUpdates(used, deltas, values), part: weights, k, seed, computer };
    const elements = pairing.families.reduce((sum, family) => sum + family.elements, 0);
    return {
      identity: identifyBy('overlap', title, deciding, decidedBy),
      ...{ total, checkpoints: used, choices, deltas, pairing },
      // For each vector that is multiplied, at most.
      cost: deltas.length * 2 * elements * vectorsOf(k),
      run: (computers, work, only) =>
        measureOverlap(
          { checkpoints: used, deltas, pairing: someOf(pairing, only), rounding, k, seed },
          computers,
          work,
        ),
      file: (records, { cuts } = {}) =>
        subspaceOverlapFile({
          ...{ pairing, deltas, records, rounding, weights, k, models: modelNames(used) },
          cuts: cuts ?? thirds(pairing.layers),
          provenance: characterizeProvenance(used, { tensors: total, done: records.size, seed, computer }),
        }),
      part: (records, { cuts } = {}) =>
        overlapSection({ pairing, deltas, records, k, cuts: cuts ?? thirds(pairing.layers) }),
    };
  },

  settingsOf({ part, k, seed, ...compared }) {
    const deltas = Array.isArray(compared['deltas']) ? (compared['deltas'] as readonly DeltaSpec[]) : [];
    return {
      ...comparisonOf(compared),
      ...{ weights: part, directions: k, seed, pair: deltas.map(({ key }) => key).join(',') },
    };
  },

  findings(file, _, __, { regions }, said: typeof words = words) {
    const { matrices, without, unsettled } = overlapCounts(file);
    const { k } = file;
    const shared = (['output', 'input'] as const).flatMap((side) => {
      const [found, chance] = [overlapAt, chanceAt].map((value) => {
        const points = overlapByLayer(file, side, (overlap) => value(overlap, k));
        return layerMeans(said.findings.side(side), points, regions);
      });
      return found?.largest && chance ? [said.findings.shared(found, chance, k)] : [];
    });
    return [
      said.findings.without(without, matrices),
      ...(without === matrices ? [] : [...shared, said.findings.unsettled(unsettled)]),
    ].filter(Boolean);
  },
};

/**
 * @param pair keys of two updates, with a comma between; the first two where it is null
 * @throws NamedError `UnknownUpdate` for one that is not there, `TooFewUpdates`
 */
function pairOf(choices: readonly DeltaSpec[], pair: string | null): readonly [DeltaSpec, DeltaSpec] {
  const names = choices.map(({ key }) => key).join(', ');
  const wanted = pair?.split(',') ?? choices.slice(0, 2).map(({ key }) => key);
  const [first, second] = wanted.map((key) => {
    const found = choices.find((delta) => delta.key === key);
    if (found) return found;
    throw new NamedError(
      'UnknownUpdate',
      `there is no update "${key}"`,
      { field: 'pair' },
      `choose two of ${names}`,
    );
  });
  if (first && second && first !== second) return [first, second];
  throw new NamedError(
    'TooFewUpdates',
    `an overlap is of two different updates; here is ${names}`,
    {},
    'open a third checkpoint: Base, IN and RL make two updates',
  );
}
