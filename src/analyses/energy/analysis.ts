/** Update energy: how large each update is, and how much of it is exactly zero (docs/method.md §5). */
import * as v from 'valibot';
import { identifyBy } from '../../identity/identify.ts';
import { type Pairing, pairTensors } from '../../spectra/deltas/pairing.ts';
import { bytesOf, measureEnergy, type EnergyRecord } from '../../spectra/energy.ts';
import { thirds } from '../../regions.ts';
import { froNormFile, type FroNormFile } from '../../spectra/results/fro-norm.ts';
import type { ValuesOf } from '../declaration.ts';
import { factorCounts } from '../factor-counts.ts';
import { layerMeans } from '../layer-means.ts';
import { roundedFormats } from '../rounded-formats.ts';
import { comparisonOf, DECIDING_UPDATES, decidingUpdates, updatesOf, usedBy } from '../measured-updates.ts';
import type { NamedUpdate, Updates } from '../updates.ts';
import { characterizeProvenance, formatsOf, modelNames, namesOf } from '../updates-provenance.ts';
import { energyByLayer, floorCounts, unchangedOfAll } from './by-layer.ts';
import { someOf } from '../shard.ts';
import { declaration } from './declaration.mjs';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

/** How much of the weights an update left as they were, in a sentence; null where none was compared. */
export function energyUnchanged(
  file: FroNormFile,
  { key, label }: NamedUpdate,
  { unshared }: Pick<Pairing, 'unshared'>,
  said = words,
): string | null {
  const share = unchangedOfAll(file, key);
  return share === null ? null : said.findings.unchanged(label, share, unshared.length === 0);
}

const byName = v.record(v.string(), v.number());

export const analysis: Updates<Values, EnergyRecord, FroNormFile> = {
  ...{ declaration, words, decidedBy: DECIDING_UPDATES },

  shape: v.strictObject({
    ...{ elements: v.number(), weights: byName, squares: byName },
    ...{ unchanged: byName, products: byName },
    ...{ factors: v.exactOptional(byName), rounding: v.exactOptional(byName) },
  }),

  /** Every weight in a layer, projector or vision block, and what is in none if asked. */
  plan({ checkpoints }, values) {
    const deltas = updatesOf(checkpoints, values);
    const used = usedBy(checkpoints, deltas);
    const { rounding, outside } = values;
    const pairing = pairTensors(used, { weights: null, outside });
    const total = pairing.families.length;
    const title = `Update energy of ${namesOf(used)}`;
    return {
      identity: identifyBy('energy', title, decidingUpdates(used, deltas, values), DECIDING_UPDATES),
      ...{ total, checkpoints: used, choices: deltas, deltas, pairing },
      cost: pairing.families.reduce((sum, family) => sum + bytesOf(family, [...used.keys()]), 0),
      run: ({ threads }, work, only) =>
        measureEnergy({ checkpoints: used, deltas, pairing: someOf(pairing, only), rounding }, threads, work),
      file: (records, { cuts } = {}) =>
        froNormFile({
          ...{ pairing, deltas, records, rounding, models: modelNames(used), formats: formatsOf(used) },
          cuts: cuts ?? thirds(pairing.layers),
          provenance: characterizeProvenance(used, { tensors: total, done: records.size }),
        }),
    };
  },

  settingsOf: comparisonOf,

  findings: (file, { deltas, pairing }, _, { regions, formulas, scale }, said: typeof words = words) =>
    deltas.flatMap((delta) => {
      const { key } = delta;
      const label = formulas.get(key) ?? key;
      const factors = factorCounts(file.layers.map(({ frankenscope }) => frankenscope?.factors?.[key]));
      const unchanged = energyUnchanged(file, { key, label }, pairing, said);
      const floor = floorCounts(file, key);
      return [
        said.findings.means(layerMeans(label, energyByLayer(file, key, scale), regions), scale),
        ...(unchanged === null ? [] : [unchanged]),
        ...(factors ? [said.findings.factors(label, factors)] : []),
        ...(floor.matrices > 0 ? [said.findings.floor(label, floor, roundedFormats(file, delta))] : []),
      ];
    }),
};
