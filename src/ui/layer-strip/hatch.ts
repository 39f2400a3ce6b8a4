/** 45° lines inside a rectangle, as an SVG path: the sign for "switched off" and "not covered". */
export function hatch(x: number, y: number, width: number, height: number, spacing: number): string {
  const lines: string[] = [];
  for (let k = spacing; k < width + height; k += spacing) {
    const [x0, x1] = [Math.max(0, k - height), Math.min(width, k)];
    lines.push(`M${fixed(x + x0)},${fixed(y + k - x0)}L${fixed(x + x1)},${fixed(y + k - x1)}`);
  }
  return lines.join('');
}

const fixed = (value: number) => String(Number(value.toFixed(2)));
