import * as v from 'valibot';
import { keepSettings, keptSettings, type SettingShapes } from './kept-settings.ts';

type Theme = 'system' | 'light' | 'dark';

const THEMES = ['system', 'light', 'dark'] as const satisfies readonly Theme[];
const KEY = 'frankenscope.appearance';

const SHAPES = { theme: v.picklist(THEMES), talk: v.boolean() } satisfies SettingShapes;

/** Light or dark ground and talk mode; kept on this machine, mirrored to attributes that tokens.css reads. */
export class Appearance {
  theme = $state<Theme>('system');
  /** Everything 1.6 times as large, for a lecture hall. */
  talk = $state(false);
  /** Factor of a talk's slides while one is given: it fills the screen, whatever that is. Not kept. */
  #stage = $state<number | null>(null);

  constructor() {
    // A theme that could not be read shows by itself.
    const { theme = 'system', talk = false } = keptSettings(KEY, SHAPES).values;
    this.theme = theme;
    this.talk = talk;
    this.#apply();
  }

  /** Factor on every size, also those that SVG needs as numbers. */
  get scale(): number {
    return this.#stage ?? (this.talk ? 1.6 : 1);
  }

  /** Takes the size of a talk's slides, until it is given back with null. */
  stage(factor: number | null): void {
    this.#stage = factor;
    const { style } = document.documentElement;
    if (factor === null) style.removeProperty('--talk');
    else style.setProperty('--talk', String(factor));
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
    // Where it is not kept, the choice still holds until the tab closes.
    keepSettings(KEY, { theme: this.theme, talk: this.talk });
  }
}
