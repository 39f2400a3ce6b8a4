import { named } from '../../named.ts';
import type { NamedError } from '../../named-error.ts';
import { loadPapers } from './load.ts';
import type { Papers } from './papers.ts';

/** What the papers printed, read once, as soon as that is wanted; null until it is there, or where it cannot be read: charts do without. */
export class PublishedNumbers {
  papers = $state.raw<Papers | null>(null);
  error = $state.raw<NamedError | null>(null);

  /** Called while a component is made. @param wanted read again whenever what it depends on changes */
  constructor(wanted: () => boolean = () => true) {
    $effect(() => {
      if (!wanted() || this.papers) return;
      loadPapers().then(
        (papers) => (this.papers = papers),
        (error: unknown) => (this.error = named(error)),
      );
    });
  }
}
