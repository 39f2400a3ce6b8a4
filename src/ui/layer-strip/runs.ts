/** Neighbouring layers that share something: `first`…`last` inclusive. */
interface Run<T> {
  readonly value: T;
  readonly first: number;
  readonly last: number;
}

/** Splits `values` (layer 1, 2, …) into runs of equal neighbours; what makes them equal is `key`. */
export function runs<T>(values: readonly T[], key: (value: T) => unknown = (value) => value): Run<T>[] {
  const found: { value: T; first: number; last: number }[] = [];
  values.forEach((value, i) => {
    const open = found.at(-1);
    if (open && key(open.value) === key(value)) open.last = i + 1;
    else found.push({ value, first: i + 1, last: i + 1 });
  });
  return found;
}

/** `1–9`, or `7` when it is one layer. */
export function spanText(first: number, last: number): string {
  return first === last ? String(first) : `${first}\u2013${last}`;
}

/** A set of layers as spans: `3, 7–9`. */
export function spansText(layers: Iterable<number>): string {
  const sorted = [...layers].sort((a, b) => a - b);
  const spans: [number, number][] = [];
  for (const layer of sorted) {
    const open = spans.at(-1);
    if (open && open[1] === layer - 1) open[1] = layer;
    else spans.push([layer, layer]);
  }
  return spans.map(([first, last]) => spanText(first, last)).join(', ');
}
