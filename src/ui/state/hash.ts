import type { Cuts } from '../layer-strip/regions.ts';

/** The names a link may carry. Which of these pages exist is the shell's to say (`app/pages.ts`). */
const PAGE_IDS = ['open', 'localize', 'characterize', 'transfer', 'necessity', 'perception'] as const;
export type PageId = (typeof PAGE_IDS)[number];

/** What a link to the app carries: where one is, and the cuts every Early/Mid/Late reading depends on. */
export interface ViewState {
  readonly page: PageId;
  readonly trying: boolean;
  /** Cuts set by hand, by number of LLM layers. */
  readonly cuts: ReadonlyMap<number, Cuts>;
}

/** `#open?try&cuts=28:8-20`. The inverse of `readHash`. */
export function writeHash(view: ViewState): string {
  const parts = [
    view.trying ? 'try' : '',
    view.cuts.size ? `cuts=${[...view.cuts].map(([n, [a, b]]) => `${n}:${a}-${b}`).join(',')}` : '',
  ].filter((part) => part !== '');
  return `#${view.page}${parts.length ? `?${parts.join('&')}` : ''}`;
}

/** Reads what it understands and drops the rest, so that an old or mistyped link still opens the app. */
export function readHash(hash: string): ViewState {
  const [name = '', query = ''] = hash.replace(/^#/, '').split('?');
  const params = new URLSearchParams(query);
  const cuts = new Map<number, Cuts>();
  for (const match of (params.get('cuts') ?? '').matchAll(/(\d{1,4}):(\d{1,4})-(\d{1,4})/g)) {
    const [n, a, b] = [Number(match[1]), Number(match[2]), Number(match[3])];
    if (a >= 1 && b > a && b < n) cuts.set(n, [a, b]);
  }
  return { page: PAGE_IDS.find((page) => page === name) ?? 'open', trying: params.has('try'), cuts };
}
