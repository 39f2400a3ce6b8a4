import { texts } from '../../language/texts.ts';

export const en = {
  spectraOf: 'Spectra of',
  as: 'As',
  views: { map: 'Map', surface: 'Surface' },
  modes: { exact: 'exact', fast: 'fast: rank estimated' },
  allMatrices: 'all matrices',
  reference: 'reference rounding',
  rows: 'rank i',
  map: {
    title: (update: string) => `Spectrum of the update, ${update}`,
    description:
      'Natural logarithm of each singular value over the largest, per layer. A slow fall along the ranks is an update in many directions. One scale of colours for all updates.',
    hint: 'Choose a layer to draw its spectrum below.',
  },
  surface: {
    title: (update: string) => `Spectrum of the update as a surface, ${update}`,
    description:
      'Natural logarithm of each singular value over the largest, over layer and rank. One scale for all updates.',
  },
  effective: {
    title: 'Effective rank per layer',
    description:
      'Exponential of the entropy of the singular values: in how many directions the update is spread. Mean over the matrices of a layer.',
    axis: 'effective rank',
  },
  stable: {
    title: 'Stable rank per layer',
    description:
      'Squared Frobenius norm over the squared largest singular value; 1 for an update in one direction.',
    axis: 'stable rank',
  },
  above: {
    title: 'Singular values told from rounding',
    description: (kept: boolean) =>
      `How many singular values of a matrix lie above the edge of what rounding to the stored format alone would give, mean over the matrices of a layer${kept ? '; of those kept' : ''}.`,
    axis: 'σᵢ above the edge',
  },
  chosen: {
    title: 'Spectra of chosen layers',
    description: 'Singular values over the largest, by rank. The deeper a layer, the stronger its shade.',
    dashed: (update: string) => `Dashed: ${update}.`,
    dotted: 'Dotted: where the values of rounding alone would end.',
    hint: 'Layers are chosen on the map.',
    hintBoth: 'Layers are chosen on the map, the update above it.',
    layer: (layer: number) => `layer ${layer}`,
    line: (update: string, layer: string) => `${update}, ${layer}`,
  },
  cost: (spectra: number, exact: boolean, where: string, operations: string) =>
    [
      `${spectra} ${exact ? 'exact' : 'estimated'} ${spectra === 1 ? 'spectrum' : 'spectra'} on ${where}`,
      `about ${operations} operations`,
      'time is told once the first are done',
    ].join(' · '),
  name: 'Diversity',
  definition: [
    "Singular values σ₁ ≥ σ₂ ≥ … of each update (dimensions after the first flattened). Effective rank is exp(−Σ p ln p) with p = σ/Σσ over σ > 10⁻¹²; stable rank is ‖Δ‖²/(σ₁² + 10⁻¹²); log volume Σ ln(σᵢ + 10⁻¹²) over the kept values; the condition number σ₁/(σ_min + 10⁻¹²) is flagged where the arithmetic does not know it within 1 %. The logarithm of the map is the natural one; the paper does not state its base. An update that is exactly zero has neither rank nor spectrum: a layer's numbers are means over its matrices that changed, and where none did, the line is broken.",
    'Of checkpoints that are stored rounded, the edge is about the largest singular value that rounding alone would give: σ(√m + √n), σ² the variance of its errors in an m × n matrix, taken row by row where their steps differ. Singular values up to 1.05 times the edge are not told from rounding.',
    'Exact computes all singular values: on the GPU in float32 by orthogonal reduction, on the CPU in float64. Fast computes the largest ones from products with the matrix (they are lower bounds) and estimates nuclear norm and effective rank by stochastic Lanczos quadrature, with the standard error over its random vectors; the band is ± 1.96 of it. The condition number is not estimated.',
  ] as readonly string[],
};

export const t = texts('analyses/diversity', en);
