import { mount, unmount } from 'svelte';
import type { OpenedStudy } from '../state/opened-study.ts';
import Presenter from './Presenter.svelte';
import type { Talk } from './talk.svelte.ts';
import { t } from './texts.ts';

const NAME = 'frankenscope-presenter';
const FEATURES = 'popup,width=960,height=640';
/** Of the page's root, as the theme is told. */
const THEME = 'data-theme';

/** The window of who gives the talk: a page of the app's own without an address, so that both share one talk. */
export class PresenterWindow {
  /** Whether the browser refused it. */
  blocked = $state(false);
  #window: Window | null = null;
  #close: () => void = () => undefined;

  /** Opens it, or brings it to the front. */
  open(talk: Talk, study: () => OpenedStudy, onkeydown: (event: KeyboardEvent) => void): void {
    if (this.#window && !this.#window.closed) return this.#window.focus();
    const opened = window.open('', NAME, FEATURES);
    this.blocked = opened === null;
    if (!opened) return;
    this.#window = opened;
    const { document: page } = opened;
    // One that a page before this one had opened is still there under this name.
    page.head.replaceChildren(...looks(page));
    page.body.replaceChildren();
    page.title = t.presenter.title(study().name);
    page.documentElement.lang = document.documentElement.lang;
    const follow = (): void => takeTheme(page);
    follow();
    const theme = new MutationObserver(follow);
    theme.observe(document.documentElement, { attributeFilter: [THEME] });
    const presenter = mount(Presenter, { target: page.body, props: { talk, study } });
    opened.addEventListener('keydown', onkeydown);
    const close = (): void => {
      theme.disconnect();
      removeEventListener('pagehide', close);
      opened.removeEventListener('pagehide', close);
      this.#close = () => undefined;
      this.#window = null;
      void unmount(presenter);
      opened.close();
    };
    this.#close = close;
    // Without this page nothing would drive it.
    addEventListener('pagehide', close);
    opened.addEventListener('pagehide', close);
  }

  close(): void {
    this.#close();
  }
}

/** The look of this page, for another one. */
function looks(page: Document): readonly Node[] {
  return [...document.querySelectorAll('style, link[rel=stylesheet]')].map((one) => {
    const copy = page.importNode(one, true);
    // An address that is relative would be one to a page that has none.
    if (one instanceof HTMLLinkElement) copy.setAttribute('href', one.href);
    return copy;
  });
}

function takeTheme(page: Document): void {
  const theme = document.documentElement.getAttribute(THEME);
  if (theme === null) page.documentElement.removeAttribute(THEME);
  else page.documentElement.setAttribute(THEME, theme);
}
