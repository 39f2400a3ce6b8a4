/**
 * A folder for each variant, named as the reference names it: what is no letter, digit, `_`, `.` or `-` becomes `_`
 * (`IN:RL:RL` → `IN_RL_RL`). Variants are named by people and by opened files: no name leads out of the results, and no
 * two variants share a folder, whatever the system's idea of upper and lower case (the later one gets `-2`, `-3`, …).
 */
export function variantFolders(variants: Iterable<string>): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  const taken = new Set<string>();
  for (const variant of variants) {
    if (folders.has(variant)) continue;
    const plain = pathSegment(variant);
    let folder = plain;
    for (let n = 2; taken.has(folder.toLowerCase()); n += 1) folder = `${plain}-${n}`;
    taken.add(folder.toLowerCase());
    folders.set(variant, folder);
  }
  return folders;
}

/** A name as one segment of a path, on any system. */
export function pathSegment(name: string): string {
  const plain = name.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, '_');
  return /^\.*$/.test(plain) ? `_${plain.slice(1)}` : plain;
}
