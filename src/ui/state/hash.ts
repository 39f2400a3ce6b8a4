import { areCuts, type Cuts } from '../../regions.ts';

/** The names a link may carry. Which of these pages exist is the shell's to say (`app/pages.ts`). */
const PAGE_IDS = [
  'open',
  'localize',
  'characterize',
  'transfer',
  'necessity',
  'perception',
  'study',
] as const;
export type PageId = (typeof PAGE_IDS)[number];

/** What a link to the app carries: where one is, what is asked there, and the cuts every Early/Mid/Late reading depends on. */
interface ViewState {
  readonly page: PageId;
  readonly trying: boolean;
  /** Cuts set by hand, by number of LLM layers. */
  readonly cuts: ReadonlyMap<number, Cuts>;
  /** What the page is asked, by names and texts of its own (`analyses/address.ts`). */
  readonly asked: ReadonlyMap<string, string>;
  /** The talk that is given: of which study, at which slide. */
  readonly talk: TalkPlace | null;
}

export interface TalkPlace {
  /** Id of an opened study. */
  readonly study: string;
  /** From 1. */
  readonly slide: number;
}

/** Names that the view has itself. */
const OWN = new Set(['try', 'cuts', 'talk']);
/** More of one name or text is nobody's setting. */
const LONGEST = 1000;

/** `#localize?do=ablate&samples=20&cuts=28:8-20`. The inverse of `readHash`. */
export function writeHash(view: ViewState): string {
  const parts = [
    view.trying ? 'try' : '',
    view.talk ? `talk=${encodeURIComponent(view.talk.study)}.${view.talk.slide}` : '',
    ...[...view.asked].map(([name, text]) => `${name}=${encodeURIComponent(text)}`),
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
    if (areCuts([a, b], n)) cuts.set(n, [a, b]);
  }
  const [, study, slide] = /^([^.]{1,200})\.([1-9]\d{0,3})$/.exec(params.get('talk') ?? '') ?? [];
  const talk = study === undefined ? null : { study, slide: Number(slide) };
  const asked = new Map(
    params.has('do')
      ? [...params].filter(([one, text]) => !OWN.has(one) && /^\w{1,40}$/.test(one) && text.length <= LONGEST)
      : [],
  );
  return {
    page: PAGE_IDS.find((page) => page === name) ?? 'open',
    trying: params.has('try'),
    cuts,
    asked,
    talk,
  };
}
