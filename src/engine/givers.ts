import type { Gift, Giver } from '../vlm/giving.ts';
import { checkGiver, checkTokens } from '../vlm/giving.ts';
import type { Folder } from './folder.ts';

/** Which opened folders can give to which, and read the same tokens. Vocabularies are long: each pair is compared once. */
export class Givers {
  readonly #found = new WeakMap<Folder, WeakMap<Folder, Set<Gift | 'tokens'>>>();

  /** Decides as a merge that is written does. @throws NamedError those of `checkGiver` */
  check(frame: Folder, folder: Folder, gift: Gift): void {
    this.#once(frame, folder, gift, () => checkGiver(giver(frame), giver(folder), new Set([gift])));
  }

  /** @throws NamedError those of `checkTokens` */
  checkTokens(frame: Folder, folder: Folder): void {
    this.#once(frame, folder, 'tokens', () => checkTokens(giver(frame), giver(folder)));
  }

  #once(frame: Folder, folder: Folder, what: Gift | 'tokens', check: () => void): void {
    if (frame === folder) return;
    const known = this.#found.get(frame) ?? new WeakMap<Folder, Set<Gift | 'tokens'>>();
    const found = known.get(folder) ?? new Set();
    if (found.has(what)) return;
    check();
    this.#found.set(frame, known.set(folder, found.add(what)));
  }
}

function giver({ checkpoint, config, vocabulary }: Folder): Giver {
  return { name: checkpoint.name, folder: checkpoint.name, config, vocabulary };
}
