/** √(f² + g²) for finite f and g, without overflow or underflow; Math.hypot is several times slower, and rarely needed. */
export function length(f: number, g: number): number {
  const squared = f * f + g * g;
  return squared > 1e-280 && squared < 1e280 ? Math.sqrt(squared) : Math.hypot(f, g);
}
