/**
 * How many items each point of a chart rests on, as its note says it: "n = 12 a point", "n = 3 to 48 pairs a point"; nothing where no
 * point says.
 *
 * @param unit what n counts: "pairs", "matrices"
 */
export function perPoint(points: readonly { readonly n?: number }[], unit = ''): string {
  const counts = points.flatMap(({ n }) => n ?? []);
  if (counts.length === 0) return '';
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const n = least === most ? String(least) : `${least} to ${most}`;
  return `n = ${n}${unit && ` ${unit}`} a point`;
}
