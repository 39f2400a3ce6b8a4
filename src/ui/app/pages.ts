import type { Component } from 'svelte';
import { NamedError } from '../../named-error.ts';
import { plainReason } from '../../plain-reason.ts';
import type { PageId } from '../state/hash.ts';
import { PAGE_FACTS, type PageFacts } from '../analysis-page/page-facts.ts';

/** A page of the way through: what it is called, the question it answers, and what draws it. */
interface Page {
  readonly id: PageId;
  readonly facts: PageFacts;
  /** What draws it comes when one first goes there; the start page is there. @throws NamedError `ModuleUnavailable` */
  component?(): Promise<Component>;
}

const page = (id: PageId, load: () => Promise<{ readonly default: Component }>): Page => ({
  id,
  component: () => load().then((module) => module.default, notServed),
  facts: PAGE_FACTS[id],
});

/** What fills the screen while a talk is given. @throws NamedError `ModuleUnavailable` */
export const talkScreen = () =>
  import('../talk/TalkScreen.svelte').then((module) => module.default, notServed);

function notServed(cause: unknown): never {
  const what = `the page was not loaded: ${plainReason(cause)}`;
  throw new NamedError('ModuleUnavailable', what, {}, 'reload the page', { cause });
}

/**
 * The pages that exist, in order. A page is added by one line here; its component is put up when one goes there
 * and taken down when one leaves, so what has to outlive that belongs to a store in `AppState`.
 */
export const PAGES: readonly Page[] = [
  { id: 'open', facts: PAGE_FACTS.open },
  page('localize', () => import('../localize/LocalizeScreen.svelte')),
  page('characterize', () => import('../characterize/CharacterizeScreen.svelte')),
  page('transfer', () => import('../transfer/TransferScreen.svelte')),
  page('necessity', () => import('../necessity/NecessityScreen.svelte')),
  page('perception', () => import('../perception/PerceptionScreen.svelte')),
  page('study', () => import('../studies/StudyScreen.svelte')),
];

/** The page of that id; the first where it does not exist. */
export function pageOf(id: PageId): Page {
  return PAGES.find((one) => one.id === id) ?? (PAGES[0] as Page);
}
