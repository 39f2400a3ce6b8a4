/** Divergences from here on are shaded fully, in nats: the models all but exclude each other's choice. */
const FULL = 3;

/** How strongly a token is shaded, in percent: by the square root of its divergence, so that small ones are seen, too. */
export function shadeOf(kl: number): number {
  return Math.round(100 * Math.sqrt(Math.min(1, Math.max(0, kl) / FULL)));
}
