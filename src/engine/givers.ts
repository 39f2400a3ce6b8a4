import type { Gift, Giver } from '../vlm/giving.ts';
import { checkGiver } from '../vlm/giving.ts';
import type { Folder } from './folder.ts';

/** Which opened folders can give to which. Vocabularies are long: each pair is compared once. */
export class Givers {
  readonly #found = new WeakMap<Folder, WeakMap<Folder, Set<Gift>>>();

  /** Decides as a merge that is written does. @throws NamedError those of `checkGiver` */
  check(frame: Folder, folder: Folder, gift: Gift): void {
    if (frame === folder) return;
    const known = this.#found.get(frame) ?? new WeakMap<Folder, Set<Gift>>();
    const gifts = known.get(folder) ?? new Set();
    if (gifts.has(gift)) return;
    checkGiver(giver(frame), giver(folder), new Set([gift]));
    this.#found.set(frame, known.set(folder, gifts.add(gift)));
  }
}

function giver({ checkpoint, config, vocabulary }: Folder): Giver {
  return { name: checkpoint.name, folder: checkpoint.name, config, vocabulary };
}
