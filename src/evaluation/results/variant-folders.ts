/**
 * A folder for each variant, named as the reference names it: what is no letter, digit, `_`, `.` or `-` becomes `_`
 * (`IN:RL:RL` → `IN_RL_RL`). Variants are named by people and by opened files: no name leads out of the results, and no
 * two variants share a folder, whatever the system's idea of upper and lower case (the later one gets `-2`, `-3`, …).
 */
export function variantFolders(variants: Iterable<string>): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  const taken = new Set<string>();
  /** By a folder's name, the number that was last tried: names of signs alone are all `_`. */
  const numbers = new Map<string, number>();
  for (const variant of variants) {
    if (folders.has(variant)) continue;
    const plain = pathSegment(variant);
    let folder = plain;
    let n = numbers.get(plain.toLowerCase()) ?? 1;
    while (taken.has(folder.toLowerCase())) folder = `${plain}-${(n += 1)}`;
    numbers.set(plain.toLowerCase(), n);
    taken.add(folder.toLowerCase());
    folders.set(variant, folder);
  }
  return folders;
}

/** In bytes: systems take names of 255, and what tells two names apart comes behind. */
const LONGEST = 200;
/** What Windows has for itself, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** A name as one segment of a path, on any system; a long one is cut, before its ending. */
export function pathSegment(name: string): string {
  const plain = name.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, '_');
  const ending = /\.jsonl$/.exec(plain)?.[0] ?? '';
  const short = bytesOf(plain) > LONGEST ? cut(plain, LONGEST - ending.length) + ending : plain;
  // Windows takes no dot at the end for one.
  const ended = short.endsWith('.') || short === '' ? `${short.slice(0, -1)}_` : short;
  return DEVICE.test(ended) ? `_${ended}` : ended;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The first characters that take so many bytes together. */
function cut(text: string, most: number): string {
  let bytes = 0;
  return [...text]
    .slice(0, most)
    .filter((character) => (bytes += bytesOf(character)) <= most)
    .join('');
}
