import { SvelteMap } from 'svelte/reactivity';
import { moveCut, presetCuts, presetOf, type CutPreset, type Cuts } from '../../regions.ts';
import type { Address } from '../../analyses/address.ts';
import { readHash, writeHash, type PageId, type TalkPlace } from './hash.ts';

type SheetName = 'help' | 'guide' | 'machine' | 'samples';

/** Where one is. Page, what it is asked, drawer and cuts live in the address; an open sheet does not. */
export class View {
  page = $state<PageId>('open');
  trying = $state(false);
  sheet = $state<SheetName | null>(null);
  /** What the page is asked, as the address has it; empty where it says nothing. */
  asked = $state.raw<Address>(new Map());
  /** The talk that fills the screen, if one does. */
  talk = $state.raw<TalkPlace | null>(null);
  readonly #cuts = new SvelteMap<number, Cuts>();

  constructor() {
    this.#read();
    addEventListener('hashchange', this.#read);
  }

  dispose(): void {
    removeEventListener('hashchange', this.#read);
  }

  go(page: PageId): void {
    const left = page !== this.page;
    if (left) this.asked = new Map();
    this.page = page;
    // A narrow window shows the drawer as the whole page; going somewhere leaves it.
    if (matchMedia('(max-width: 1099px)').matches) this.trying = false;
    this.#write(left);
  }

  /** Begins a talk, ends it with null, or goes to another slide of it. */
  give(talk: TalkPlace | null): void {
    const before = this.talk;
    const other = before?.study !== talk?.study;
    if (!other && before?.slide === talk?.slide) return;
    this.talk = talk;
    this.#write(other);
  }

  /** Puts what the page is asked into the address. */
  ask(asked: Address): void {
    this.asked = asked;
    this.#write();
  }

  toggleTryIt(open = !this.trying): void {
    this.trying = open;
    this.#write();
  }

  toggleSheet(sheet: SheetName): void {
    this.sheet = this.sheet === sheet ? null : sheet;
  }

  /** Early/Mid/Late cuts of a model with `n` LLM layers; thirds until set otherwise. */
  cuts(n: number): Cuts {
    return this.#cuts.get(n) ?? presetCuts('thirds', n);
  }

  /** The same as settings have them: last layers of Early and Mid, null for thirds. */
  cutsText(n: number): string | null {
    const cuts = this.cuts(n);
    return presetOf(cuts, n) === 'thirds' ? null : cuts.join(',');
  }

  setCuts(n: number, cuts: Cuts): void {
    this.#cuts.set(n, cuts);
    this.#write();
  }

  usePreset(n: number, preset: CutPreset): void {
    if (preset === 'thirds') this.#cuts.delete(n);
    else this.#cuts.set(n, presetCuts(preset, n));
    this.#write();
  }

  moveCut(n: number, seam: 0 | 1, to: number): void {
    this.setCuts(n, moveCut(this.cuts(n), seam, to, n));
  }

  #read = (): void => {
    const view = readHash(location.hash);
    this.page = view.page;
    this.trying = view.trying;
    this.asked = view.asked;
    this.talk = view.talk;
    this.#cuts.clear();
    for (const [n, cuts] of view.cuts) this.#cuts.set(n, cuts);
  };

  /** @param left another page was there: the browser's way back leads to it */
  #write(left = false): void {
    const { page, trying, asked, talk } = this;
    const hash = writeHash({ page, trying, cuts: this.#cuts, asked, talk });
    if (hash === location.hash) return;
    if (left) history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
  }
}
