/** Puts items of given widths on lines no wider than `room`, as words flow; `gap` between neighbours. */
export function flow(widths: readonly number[], room: number, gap: number): { x: number; line: number }[] {
  let x = 0;
  let line = 0;
  return widths.map((width) => {
    if (x > 0 && x + width > room) {
      x = 0;
      line += 1;
    }
    const place = { x, line };
    x += width + gap;
    return place;
  });
}
