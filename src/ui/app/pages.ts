import type { Component } from 'svelte';
import CharacterizeScreen from '../characterize/CharacterizeScreen.svelte';
import LocalizeScreen from '../localize/LocalizeScreen.svelte';
import NecessityScreen from '../necessity/NecessityScreen.svelte';
import OpenScreen from '../open/OpenScreen.svelte';
import PerceptionScreen from '../perception/PerceptionScreen.svelte';
import TransferScreen from '../transfer/TransferScreen.svelte';
import type { PageId } from '../state/hash.ts';
import { PAGE_FACTS, type PageFacts } from '../analysis-page/page-facts.ts';

/** A page of the way through: what it is called, the question it answers, and what draws it. */
interface Page extends PageFacts {
  readonly id: PageId;
  readonly component: Component;
}

const page = (id: PageId, component: Component): Page => ({ id, component, ...PAGE_FACTS[id] });

/**
 * The pages that exist, in order. A page is added by one line here; its component is put up when one goes there
 * and taken down when one leaves, so what has to outlive that belongs to a store in `AppState`.
 */
export const PAGES: readonly Page[] = [
  page('open', OpenScreen),
  page('localize', LocalizeScreen),
  page('characterize', CharacterizeScreen),
  page('transfer', TransferScreen),
  page('necessity', NecessityScreen),
  page('perception', PerceptionScreen),
];

/** The page of that id; the first where it does not exist. */
export function pageOf(id: PageId): Page {
  return PAGES.find((one) => one.id === id) ?? (PAGES[0] as Page);
}
