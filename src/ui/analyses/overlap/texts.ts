import { texts } from '../../language/texts.ts';

export const en = {
  updates: 'Updates',
  pair: (one: string, other: string) => `${one} and ${other}`,
  twoUpdates: 'two updates',
  allMatrices: 'all matrices',
  reference: 'reference rounding',
  showFirst: 'Show the first k',
  mapsOf: 'Maps of',
  sides: {
    output: {
      name: 'Output directions',
      title: 'Left singular vectors: what the update writes',
      within: 'output directions',
      line: 'outputs',
      chance: 'outputs, chance',
    },
    input: {
      name: 'Input directions',
      title: 'Right singular vectors: what the update reads',
      within: 'input directions',
      line: 'inputs',
      chance: 'inputs, chance',
    },
  },
  layers: {
    title: (updates: string) => `Shared directions per layer, ${updates}`,
    description: (k: number) =>
      `Share of the first ${k} singular directions of one update that lies among those of the other: 1 for the same subspace. Mean over the matrices of a layer; in grey, what two random subspaces share.`,
    axis: (k: number) => `overlap, k = ${k}`,
  },
  projections: {
    title: (sides: string) => `Shared directions by projection, ${sides}`,
    description: (k: number) => `The same for every projection of a layer, k = ${k}.`,
    rows: 'projection',
  },
  overlap: 'overlap',
  below: 'Below',
  growth: {
    name: 'Overlap by k',
    hint: 'The overlap of the first 1, 2, … directions',
    title: (sides: string) => `Shared directions by k, ${sides}`,
    description:
      'Overlap of the first k directions, for every k up to the most that were compared. Mean over the matrices of a layer.',
    rows: 'k',
  },
  angles: {
    name: 'Principal angles',
    hint: 'The angles between both subspaces',
    title: (sides: string) => `Principal angles, ${sides}`,
    description: (most: number) =>
      `Angles between both subspaces of ${most} directions, ascending: 0° for a direction in common, 90° for one that the other update does not use. Mean over the matrices of a layer.`,
    rows: 'angle',
    axis: 'angle (°)',
  },
  cost: (matrices: number, where: string, operations: string) =>
    `${matrices === 1 ? '1 matrix' : `${matrices} matrices`} of two updates on ${where} · at most ${operations} operations`,
  name: 'Overlap',
  definition:
    "‖U₁ᵀU₂‖²/k of the first k left singular vectors (output directions) and right ones (input directions) of two updates: 1 for the same subspace, k/n on average for two random ones of n dimensions. Principal angles are the arc cosines of the singular values of U₁ᵀU₂. Vectors come from the fast mode's iteration until ‖A Aᵀu − σ²u‖ is below 0.1 % of σ², or six blocks deep; singular values that lie close together have directions that no method tells apart.",
};

export const t = texts('analyses/overlap', en);
