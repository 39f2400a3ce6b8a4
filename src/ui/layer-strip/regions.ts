/** Early is layers 1…a, Mid a+1…b, Late b+1…n. */
export type Cuts = readonly [a: number, b: number];
export type Preset = 'thirds' | 'paper';
export type Region = 'Early' | 'Mid' | 'Late';

/**
 * The two named ways to cut `n` LLM layers in three. *thirds*: `n//3, 2n//3` (9/9/10 for 28). *paper*: the
 * remainder goes to the first regions (10/9/9 for 28).
 */
export function presetCuts(preset: Preset, n: number): Cuts {
  if (preset === 'thirds') return [Math.floor(n / 3), Math.floor((2 * n) / 3)];
  const size = Math.floor(n / 3);
  const early = size + (n % 3 > 0 ? 1 : 0);
  return [early, early + size + (n % 3 > 1 ? 1 : 0)];
}

/** Which preset these cuts are; *custom* when neither. Where both agree it is thirds. */
export function presetOf(cuts: Cuts, n: number): Preset | 'custom' {
  for (const preset of ['thirds', 'paper'] as const) {
    const [a, b] = presetCuts(preset, n);
    if (a === cuts[0] && b === cuts[1]) return preset;
  }
  return 'custom';
}

/** The cuts with one seam moved to lie after layer `to`; no region becomes empty. */
export function moveCut(cuts: Cuts, seam: 0 | 1, to: number, n: number): Cuts {
  return seam === 0
    ? [Math.max(1, Math.min(to, cuts[1] - 1)), cuts[1]]
    : [cuts[0], Math.max(cuts[0] + 1, Math.min(to, n - 1))];
}

/** The region of LLM layer `layer` (1…n). */
export function regionOf(layer: number, cuts: Cuts): Region {
  return layer <= cuts[0] ? 'Early' : layer <= cuts[1] ? 'Mid' : 'Late';
}

/** First and last layer of each region. */
export function regionSpans(cuts: Cuts, n: number): { region: Region; first: number; last: number }[] {
  return [
    { region: 'Early', first: 1, last: cuts[0] },
    { region: 'Mid', first: cuts[0] + 1, last: cuts[1] },
    { region: 'Late', first: cuts[1] + 1, last: n },
  ];
}
