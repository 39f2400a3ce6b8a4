import type { ModelPart, ComparedModel } from '../vlm/donor-check.ts';
import { checkDonor, checkTokens } from '../vlm/donor-check.ts';
import type { Folder } from './folder.ts';

/** Which opened folders can give to which, and read the same tokens. Vocabularies are long: each pair is compared once. */
export class DonorChecks {
  readonly #found = new WeakMap<Folder, WeakMap<Folder, Set<ModelPart | 'tokens'>>>();

  /** Decides as a merge that is written does. @throws NamedError those of `checkDonor` */
  check(frame: Folder, folder: Folder, part: ModelPart): void {
    this.#once(frame, folder, part, () =>
      checkDonor(comparedModel(frame), comparedModel(folder), new Set([part])),
    );
  }

  /** @throws NamedError those of `checkTokens` */
  checkTokens(frame: Folder, folder: Folder): void {
    this.#once(frame, folder, 'tokens', () => checkTokens(comparedModel(frame), comparedModel(folder)));
  }

  #once(frame: Folder, folder: Folder, what: ModelPart | 'tokens', check: () => void): void {
    if (frame === folder) return;
    const known = this.#found.get(frame) ?? new WeakMap<Folder, Set<ModelPart | 'tokens'>>();
    const found = known.get(folder) ?? new Set();
    if (found.has(what)) return;
    check();
    this.#found.set(frame, known.set(folder, found.add(what)));
  }
}

function comparedModel({ checkpoint, config, vocabulary }: Folder): ComparedModel {
  return { name: checkpoint.name, folder: checkpoint.name, config, vocabulary };
}
