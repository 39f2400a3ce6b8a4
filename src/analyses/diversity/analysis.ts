/** Update diversity: in how many directions each update goes (docs/method.md §6). */
import * as v from 'valibot';
import { identifyBy } from '../../identity/identify.ts';
import type { DeltaSpec } from '../../spectra/deltas/delta-spec.ts';
import { pairTensors } from '../../spectra/deltas/pairing.ts';
import { matrixShape, measureDiversity, type SpectrumRecord } from '../../spectra/diversity.ts';
import { FAST_DEFAULTS } from '../../spectra/fast/estimate.ts';
import { thirds } from '../../regions.ts';
import { layerwiseSvdFile, type LayerwiseSvdFile } from '../../spectra/results/layerwise-svd.ts';
import type { OverlapSection } from '../../spectra/results/subspace-overlap-file.ts';
import type { ValuesOf } from '../declaration.ts';
import { factorCounts } from '../factor-counts.ts';
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
import { roundedFormats } from '../rounded-formats.ts';
import type { NamedUpdate, Updates } from '../updates.ts';
import { characterizeProvenance, formatsOf, modelNames, namesOf } from '../updates-provenance.ts';
import { edgeCounts, rankByLayer, spectrumCounts } from './by-layer.ts';
import { someOf } from '../shard.ts';
import { declaration } from './declaration.mjs';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

const decidedBy = {
  ...DECIDING_UPDATES,
  part: 'which weights are measured',
  mode: 'exact values or an estimate',
  topK: 'how many values count as top',
  seed: 'what an estimate draws',
  computer: DECIDING_COMPUTER,
};

const spectrum = v.strictObject({
  ...{ spectralNorm: v.number(), nuclearNorm: v.number(), frobeniusNorm: v.number() },
  ...{ stableRank: v.number(), effectiveRank: v.number(), logVolume: v.number() },
  ...{ conditionNumber: v.nullable(v.number()), conditionKnown: v.boolean() },
  ...{ singularValues: v.array(v.number()), mode: v.picklist(['exact', 'fast']), ...computerShape },
  conditionDevice: v.exactOptional(v.literal('cpu')),
  standardErrors: v.exactOptional(v.strictObject({ nuclearNorm: v.number(), effectiveRank: v.number() })),
  probes: v.exactOptional(v.number()),
  factors: v.exactOptional(v.number()),
  rounding: v.exactOptional(v.strictObject({ edge: v.number(), above: v.number() })),
});

export const analysis: Updates<Values, SpectrumRecord, LayerwiseSvdFile> = {
  ...{ declaration, words, decidedBy },

  shape: v.strictObject({
    ...{ rows: v.number(), columns: v.number() },
    spectra: v.record(v.string(), spectrum),
  }),

  plan({ checkpoints, computer }, values) {
    const deltas = updatesOf(checkpoints, values);
    const used = usedBy(checkpoints, deltas);
    const { weights, rounding, outside, mode, topk: topK, seed } = values;
    const pairing = pairTensors(used, { weights, matrices: true, outside });
    const total = pairing.families.length;
    const title = `Update diversity of ${namesOf(used)}; ${weights ?? 'all weights'}, ${mode}`;
    const deciding = {
      ...decidingUpdates(used, deltas, values),
      ...{ part: weights, mode, topK, computer },
      // Nothing is drawn at random in exact mode.
      seed: mode === 'fast' ? seed : null,
    };
    return {
      identity: identifyBy('diversity', title, deciding, decidedBy),
      ...{ total, checkpoints: used, choices: deltas, deltas, pairing },
      cost: deltas.length * operations(pairing.families, mode, topK),
      run: (computers, work, only) =>
        measureDiversity(
          {
            ...{ checkpoints: used, deltas, pairing: someOf(pairing, only) },
            ...{ rounding, mode, topK, seed },
          },
          computers,
          work,
        ),
      file: (records, { cuts, parts: { overlap } = {} } = {}) =>
        layerwiseSvdFile({
          ...{ pairing, deltas, records, rounding, weights, topK },
          ...{ models: modelNames(used), formats: formatsOf(used) },
          cuts: cuts ?? thirds(pairing.layers),
          ...(overlap ? { overlap: overlap as OverlapSection } : {}),
          provenance: characterizeProvenance(used, {
            ...{ tensors: total, done: records.size, mode, computer },
            ...(mode === 'fast' ? { seed } : {}),
          }),
        }),
    };
  },

  settingsOf: ({ part, topK, mode, seed, ...compared }) => ({
    ...comparisonOf(compared),
    ...{ weights: part, topk: topK, mode },
    ...(seed === null ? {} : { seed }),
  }),

  findings: (file, { deltas }, { mode }, { regions, formulas }, said: typeof words = words) =>
    deltas.flatMap((delta) => {
      const { key } = delta;
      const label = formulas.get(key) ?? key;
      const spectra = file.layers.flatMap(({ frankenscope }) => frankenscope?.deltas[key] ?? []);
      const factors = factorCounts(spectra.map(({ frankenscope }) => frankenscope?.factors));
      return [
        said.findings.means(layerMeans(label, rankByLayer(file, key, 'effective_rank'), regions)),
        said.findings.counts(label, spectrumCounts(file, key), mode),
        ...(factors ? [said.findings.factors(label, factors)] : []),
        aboveRounding(file, { ...delta, label }, mode, said),
      ].filter(Boolean);
    }),
};

/** How many singular values of an update are told from rounding, in a sentence; nothing of one that nobody rounded. */
export function aboveRounding(
  file: LayerwiseSvdFile,
  { label, ...delta }: Pick<DeltaSpec, 'to' | 'from'> & NamedUpdate,
  mode: Values['mode'],
  said = words,
): string {
  const edge = edgeCounts(file, delta.key);
  return edge.matrices > 0 ? said.findings.edge(label, edge, roundedFormats(file, delta), mode) : '';
}

/**
 * Of one update: 2·m·n·min(m, n) a matrix for its Gram matrix, or reducing it to a band; in fast mode no more than that, and else
 * 2·m·n for each vector that it is multiplied with.
 */
function operations(
  families: readonly Parameters<typeof matrixShape>[0][],
  mode: Values['mode'],
  topK: number,
): number {
  const exact = families.reduce((sum, family) => {
    const { rows, columns } = matrixShape(family);
    return sum + 2 * rows * columns * Math.min(rows, columns);
  }, 0);
  if (mode === 'exact') return exact;
  const { probes, steps, depth } = FAST_DEFAULTS;
  // From either side: the top values' iteration, and the probes.
  const vectors = 2 * (topK * (depth + 1) + probes * steps);
  return Math.min(exact, 2 * vectors * families.reduce((sum, { elements }) => sum + elements, 0));
}
