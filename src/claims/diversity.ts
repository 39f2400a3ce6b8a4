/** A claim about the directions of updates: computed of all singular values, or estimated with an error in fast mode. */
import { rankByLayer } from '../analyses/diversity/by-layer.ts';
import { counted } from '../counted.ts';
import { spreadTexts } from '../number-text.mjs';
import { UPDATE_KEYS } from '../roles.mjs';
import type { LayerwiseSvdFile } from '../spectra/results/layerwise-svd.ts';
import { spreadOf } from '../statistics/spread.ts';
import type { Claim, Judgement } from './claim.ts';
import { notTestable } from './judging.ts';

/** With the same sign in fewer of the layers nothing is systematic. */
const MOST = 3 / 4;

export const DIVERSITY_CLAIMS: readonly Claim[] = [
  {
    id: 'diversity-differs',
    paper: 'frankenstein',
    where: 'Fig. 6',
    says: 'The singular values of RL’s update have another shape than those of the cold start’s, throughout the model.',
    analysis: 'diversity',
    needs: 'Update diversity of Base, IN and RL, RL compared with IN.',
    rule: 'Supported where the mean effective rank of RL − IN lies on the same side of that of IN − Base in every layer of the language model, not supported where on neither side in three quarters of the layers, undecided otherwise. In fast mode a layer counts where the two 95 % intervals of the estimates are apart.',
    note: 'The figure shows both surfaces; in which way they differ it does not say.',
    judge({ diversity }) {
      if (diversity.length === 0) return notTestable('Update diversity was not measured in this study.');
      const found = diversity.map(({ work, file }) => ({ work, layers: layersOf(file) }));
      const both = found.find(({ layers }) => layers.length > 0);
      if (!both) return notTestable('No effective rank of both IN − Base and RL − IN was measured.');
      return differs(both.layers, [both.work]);
    },
  },
];

type Rank = { readonly value: number; readonly low: number; readonly high: number };

/** Of the language model, where both updates have a rank; empty where RL was compared with Base. */
function layersOf(file: LayerwiseSvdFile): readonly { readonly before: Rank; readonly after: Rank }[] {
  const rl = file.frankenscope?.deltas.find(({ key }) => key === UPDATE_KEYS.rl);
  if (rl?.from !== 'in') return [];
  const ranks = (key: string): ReadonlyMap<number, Rank> =>
    new Map(
      rankByLayer(file, key, 'effective_rank').flatMap(({ layer, value, low, high }) =>
        value === null || layer < 1 ? [] : [[layer, { value, low: low ?? value, high: high ?? value }]],
      ),
    );
  const before = ranks(UPDATE_KEYS.in);
  return [...ranks(UPDATE_KEYS.rl)].flatMap(([layer, after]) => {
    const other = before.get(layer);
    return other ? [{ before: other, after }] : [];
  });
}

function differs(
  layers: readonly { readonly before: Rank; readonly after: Rank }[],
  works: readonly string[],
): Judgement {
  const n = layers.length;
  const lower = layers.filter(({ before, after }) => after.high < before.low).length;
  const higher = layers.filter(({ before, after }) => after.low > before.high).length;
  const most = Math.max(lower, higher);
  const spreads = [
    spreadOf(layers.map(({ after }) => after.value)),
    spreadOf(layers.map(({ before }) => before.value)),
  ];
  const [after, before] = spreadTexts(spreads);
  return {
    verdict: most === n ? 'supported' : most < MOST * n ? 'not supported' : 'undecided',
    sentence: `Effective rank of RL − IN is lower than that of IN − Base in ${lower} of ${counted(n, 'layer')} and higher in ${higher}: ${after?.[0]} against ${before?.[0]} on average; standard deviation between layers, no interval.`,
    works,
  };
}
