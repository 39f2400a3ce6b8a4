import { isDialogOpen } from '../components/open-dialog.ts';
import { identityAt, MOST_CHECKPOINTS } from '../theme/identity.ts';
import type { AppState } from './app.svelte.ts';
import { TRY_IT_KEY } from '../analysis-page/page-facts.ts';
import { PAGES } from './pages.ts';

const TYPING = 'input:not([type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable]';

/** What each key does, for the help sheet; `shortcut` is the doing. */
export const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  ...PAGES.map(({ facts }) => [[facts.key], `${facts.title}: ${facts.question}`] as const),
  [['t', TRY_IT_KEY], 'Try it: ask the loaded models'],
  [['s'], 'Samples: browse them, draw new ones, ask them'],
  [['g'], 'Guide: what each analysis means, and how to bring your own models'],
  [['?'], 'This sheet'],
  [['m'], 'What this machine can do'],
  [['l'], 'Talk mode: everything 1.6 times as large'],
  [['d'], 'Theme: as the system, light, dark'],
  [['←', '→'], 'On a strip or in a chart: the layer before or after; on a seam: move it'],
  [['↑', '↓'], 'In a chart: the series above or below'],
  [['Enter'], 'In a chart: the samples behind the point'],
  [['Space'], 'On a strip: switch the layer off or on'],
  [['Shift', '←', '→'], 'On a strip: choose several layers'],
  [
    Array.from({ length: MOST_CHECKPOINTS }, (_, position) => identityAt(position).key),
    'On a strip: hand the chosen layers to Base, IN, RL, and further checkpoints',
  ],
  [['Ctrl', 'Enter'], 'Ask'],
  [['Esc'], 'Close a sheet, leave Try it, drop a choice of layers'],
];

/**
 * Carries out a page-wide key; leaves typing and browser shortcuts alone. Whatever dialog is open, the app's or a component's own, is on
 * top: keys are its own, Esc closes it (the browser sees to that), and nothing behind it takes any.
 */
export function shortcut(event: KeyboardEvent, { view, appearance }: AppState): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isDialogOpen()) return;
  // Whose keys are its own.
  if (view.talk) return;
  if (event.target instanceof HTMLElement && event.target.closest(TYPING)) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  const page = PAGES.find(({ facts }) => facts.key === event.key);
  if (page) view.go(page.id);
  else if (event.key === 't' || event.key === TRY_IT_KEY) view.toggleTryIt();
  else if (event.key === 's') view.toggleSheet('samples');
  else if (event.key === 'g') view.toggleSheet('guide');
  else if (event.key === '?') view.toggleSheet('help');
  else if (event.key === 'm') view.toggleSheet('machine');
  else if (event.key === 'l') appearance.toggleTalk();
  else if (event.key === 'd') appearance.nextTheme();
  else if (event.key === 'Escape') view.toggleTryIt(false);
  else return;
  event.preventDefault();
}
