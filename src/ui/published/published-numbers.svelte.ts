import type { Papers } from './papers.ts';
import { loadPapers } from './load.ts';

/** What the papers printed, read once; null until it is there, or where it cannot be read: charts do without. */
export class PublishedNumbers {
  papers = $state.raw<Papers | null>(null);

  constructor() {
    void loadPapers()
      .then((papers) => (this.papers = papers))
      .catch(() => undefined);
  }
}
