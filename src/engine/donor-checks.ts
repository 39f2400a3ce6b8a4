import type { ModelPart, ComparedModel } from '../vlm/donor-check.ts';
import { checkDonor } from '../vlm/donor-check.ts';
import type { Folder } from './folder.ts';

/** Which opened folders can give to which. Vocabularies are long: each pair is compared once. */
export class DonorChecks {
  readonly #found = new WeakMap<Folder, WeakMap<Folder, Set<ModelPart>>>();

  /** Decides as a merge that is written does. @throws NamedError those of `checkDonor` */
  check(frame: Folder, folder: Folder, part: ModelPart): void {
    if (frame === folder) return;
    const known = this.#found.get(frame) ?? new WeakMap<Folder, Set<ModelPart>>();
    const parts = known.get(folder) ?? new Set();
    if (parts.has(part)) return;
    checkDonor(comparedModel(frame), comparedModel(folder), new Set([part]));
    this.#found.set(frame, known.set(folder, parts.add(part)));
  }
}

function comparedModel({ checkpoint, config, vocabulary }: Folder): ComparedModel {
  return { name: checkpoint.name, folder: checkpoint.name, config, vocabulary };
}
