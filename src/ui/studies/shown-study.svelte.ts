import { named } from '../../named.ts';
import type { NamedError } from '../../named-error.ts';
import type { OpenedStudy } from '../state/opened-study.ts';

/** A study that is shown: the one before stays until another is read. */
export class ShownStudy {
  study = $state.raw<OpenedStudy | null>(null);
  /** Why the one that is wanted cannot be read. */
  error = $state.raw<NamedError | null>(null);

  /** @param open read again whenever something that it reads changes; null shows none */
  constructor(open: () => Promise<OpenedStudy> | null) {
    $effect(() => {
      const opening = open();
      let isWanted = true;
      if (!opening) this.#show(null, null);
      opening?.then(
        (study) => isWanted && this.#show(study, null),
        (reason: unknown) => isWanted && this.#show(null, named(reason)),
      );
      return () => (isWanted = false);
    });
  }

  #show(study: OpenedStudy | null, error: NamedError | null): void {
    this.study = study;
    this.error = error;
  }
}
