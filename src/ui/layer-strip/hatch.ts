/** 45° lines inside a rectangle, as an SVG path: the sign for "switched off" and "not covered". */
export function hatch(x: number, y: number, width: number, height: number, spacing: number): string {
  const lines: string[] = [];
  for (let k = spacing; k < width + height; k += spacing) {
    const [x0, x1] = [Math.max(0, k - height), Math.min(width, k)];
    lines.push(`M${fixed(x + x0)},${fixed(y + k - x0)}L${fixed(x + x1)},${fixed(y + k - x1)}`);
  }
  return lines.join('');
}

/** The same with lines that go on from one rectangle to the next beside it, up or down to the right. */
export function alignedHatch(
  x: number,
  y: number,
  width: number,
  height: number,
  spacing: number,
  direction: 'rising' | 'falling',
): string {
  // Along a line x + y, or x − y, is a multiple of the spacing.
  const sign = direction === 'rising' ? 1 : -1;
  const [from, to] = sign > 0 ? [x + y, x + width + y + height] : [x - y - height, x + width - y];
  const lines: string[] = [];
  for (let k = Math.ceil(from / spacing) * spacing; k < to; k += spacing) {
    const x0 = Math.max(x, k - sign * (sign > 0 ? y + height : y));
    const x1 = Math.min(x + width, k - sign * (sign > 0 ? y : y + height));
    if (x1 > x0) lines.push(`M${fixed(x0)},${fixed(sign * (k - x0))}L${fixed(x1)},${fixed(sign * (k - x1))}`);
  }
  return lines.join('');
}

const fixed = (value: number) => String(Number(value.toFixed(2)));
