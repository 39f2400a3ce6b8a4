/** Scrolls a row sideways until an entry of it stands in its middle, as far as the row goes; nothing around the row moves. */
export function centre(row: HTMLElement, entry: Element | null): void {
  if (!entry) return;
  const [outer, inner] = [row.getBoundingClientRect(), entry.getBoundingClientRect()];
  row.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
}
