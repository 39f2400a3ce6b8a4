import type { PageId } from '../state/hash.ts';
import { t } from './texts.ts';

export interface PageFacts {
  /** The digit that goes there. */
  readonly key: string;
  readonly title: string;
  /** The question the page answers, its first sentence. */
  readonly question: string;
}

const facts = (id: PageId, key: string): PageFacts => ({
  key,
  get title() {
    return t.pages[id].title;
  },
  get question() {
    return t.pages[id].question;
  },
});

/** What each page is called and asks, in the order of the way through. */
export const PAGE_FACTS: Readonly<Record<PageId, PageFacts>> = {
  open: facts('open', '1'),
  localize: facts('localize', '2'),
  characterize: facts('characterize', '3'),
  transfer: facts('transfer', '4'),
  necessity: facts('necessity', '5'),
  perception: facts('perception', '6'),
  study: facts('study', '7'),
};

/** The digit of Try it, which is no page but is reached like one. */
export const TRY_IT_KEY = '8';
