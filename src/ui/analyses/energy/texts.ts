import { normName } from '../../../analyses/energy/words.mjs';
import { texts } from '../../language/texts.ts';

type Scale = 'relative' | 'absolute';

export const en = {
  norm: 'Norm',
  norms: { relative: 'Relative', absolute: 'Absolute' },
  over: '‖Δ‖ over ‖W‖',
  ranges: 'Ranges that P1 shows',
  cost: (checkpoints: number, tensors: number, bytes: string) =>
    [
      `${checkpoints} ${checkpoints === 1 ? 'checkpoint' : 'checkpoints'}`,
      `${tensors} ${tensors === 1 ? 'tensor' : 'tensors'}`,
      `${bytes} to read`,
    ].join(' · '),
  reference: 'reference rounding',
  axis: (of: 'mean' | 'joint', scale: Scale) => `${normName(of, scale)}, logarithmic`,
  layers: {
    title: 'Update energy per layer',
    description: {
      relative: 'Frobenius norm of the update over that of the weights, mean over the matrices of a layer.',
      absolute: 'Frobenius norm of the update, mean over the matrices of a layer.',
    },
    floor:
      'Hatched: what rounding to the stored format alone would give. Hollow: layers whose update is not told from that.',
  },
  range: (paper: string, update: string, low: string, high: string) =>
    `${paper}: ${update} ${low} to ${high}`,
  paper: 'paper',
  unchanged: {
    title: 'Weights left as they were',
    description:
      "Share of a layer's weights that the update did not change at all: in bfloat16, steps below half a unit in the last place vanish.",
    axis: 'unchanged (%)',
  },
  against: 'Directions against',
  directions: {
    title: (against: string | null) =>
      against === null ? 'Direction of the updates' : `Direction of the updates, against ${against}`,
    description:
      'Cosine of two updates, all matrices of a layer taken as one vector: 1 for the same direction, 0 for unrelated ones.',
    axis: 'cosine',
    pair: (one: string, other: string) => `${one}, ${other}`,
  },
  components: {
    title: 'Update energy by component',
    description: {
      relative:
        'Frobenius norm of the update over that of the weights, all matrices of a kind over the whole model taken as one vector.',
      absolute:
        'Frobenius norm of the update, all matrices of a kind over the whole model taken as one vector.',
    },
    floor: 'Strokes: what rounding alone would give.',
  },
  name: 'Energy',
  definition: [
    "‖Δ‖ is the Frobenius norm. Relative: divided by ‖W‖ + 10⁻⁸ of IN (of the reference for further checkpoints). A layer's number, the mean ‖Δ‖/‖W‖, is that of its matrices' own ratios. The spread beside a region's mean is the standard deviation between its layers (n − 1), not an error of measurement.",
    'Of checkpoints that are stored rounded, the floor of ‖Δ‖ is √F, F = Σ step²/12 over the weights of both: what rounding alone would give, if its errors are independent and uniform over a step. An update up to 1.05 times the floor is not told from rounding.',
    'A weight counts as left as it was if its difference is exactly zero. Cosines and the energy by component, the joint ‖Δ‖/‖W‖, take all matrices of a group as one vector: large ones weigh more.',
  ] as readonly string[],
};

export const t = texts('analyses/energy', en);
