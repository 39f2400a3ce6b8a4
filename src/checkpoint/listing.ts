/** How many names an error or a notice spells out: enough to see the pattern, short enough to read. */
const SPELLED_OUT = 5;

/** "a, b, c, d, e and 12 more". */
export function listing(names: readonly string[]): string {
  const more = names.length - SPELLED_OUT;
  return more > 0 ? `${names.slice(0, SPELLED_OUT).join(', ')} and ${more} more` : names.join(', ');
}
