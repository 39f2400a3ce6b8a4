export type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const KEY = 'frankenscope.appearance';

interface Kept {
  theme?: unknown;
  talk?: unknown;
}

/** Private windows and blocked storage throw on access; the app then simply starts with its defaults. */
function readKept(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept;
  } catch {
    return {};
  }
}

/** Light or dark ground and talk mode; kept on this machine, mirrored to attributes that tokens.css reads. */
export class Appearance {
  theme = $state<Theme>('system');
  /** Everything 1.6 times as large, for a lecture hall. */
  talk = $state(false);

  constructor() {
    const kept = readKept();
    this.theme = THEMES.find((theme) => theme === kept.theme) ?? 'system';
    this.talk = kept.talk === true;
    this.#apply();
  }

  /** Factor on every size, also those that SVG needs as numbers. */
  get scale(): number {
    return this.talk ? 1.6 : 1;
  }

  nextTheme(): void {
    this.theme = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] ?? 'system';
    this.#apply();
  }

  toggleTalk(): void {
    this.talk = !this.talk;
    this.#apply();
  }

  #apply(): void {
    const root = document.documentElement;
    if (this.theme === 'system') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', this.theme);
    root.toggleAttribute('data-talk', this.talk);
    try {
      localStorage.setItem(KEY, JSON.stringify({ theme: this.theme, talk: this.talk }));
    } catch {
      // Not kept; the choice still holds until the tab closes.
    }
  }
}
