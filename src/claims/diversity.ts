/** A claim about the directions of updates: computed of all singular values, or estimated with an error in fast mode. */
import { rankByLayer } from '../analyses/diversity/by-layer.ts';
import { spreadTexts } from '../number-text.mjs';
import { UPDATE_KEYS } from '../roles.mjs';
import type { LayerwiseSvdFile } from '../spectra/results/layerwise-svd.ts';
import { spreadOf } from '../statistics/spread.ts';
import { type Judgement, type SaidClaim, saidOf } from './claim.ts';
import { notTestable } from './judging.ts';
import type { ClaimWords } from './words.ts';

/** With the same sign in fewer of the layers nothing is systematic. */
const MOST = 3 / 4;

export const DIVERSITY_CLAIMS: readonly SaidClaim[] = [
  (said) => ({
    ...saidOf('diversity-differs', said),
    paper: 'frankenstein',
    analysis: 'diversity',
    needs: said.needs.diversity,
    rule: said.rules.differs,
    judge({ diversity }) {
      if (diversity.length === 0) return notTestable(said.missing.diversity);
      const found = diversity.map(({ work, file }) => ({ work, layers: layersOf(file) }));
      const both = found.find(({ layers }) => layers.length > 0);
      if (!both) return notTestable(said.missing.diversityOfBoth);
      return differs(both.layers, [both.work], said);
    },
  }),
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
  said: ClaimWords,
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
    sentence: said.found.differs(lower, higher, n, after?.[0] ?? '', before?.[0] ?? ''),
    works,
  };
}
