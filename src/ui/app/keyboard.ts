import { isDialogOpen } from '../components/open-dialog.ts';
import type { FirstStores } from './first-stores.ts';
import { TRY_IT_KEY } from '../analysis-page/page-facts.ts';
import { PAGES } from './pages.ts';

const TYPING = 'input:not([type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable]';

/**
 * Carries out a page-wide key; leaves typing and browser shortcuts alone. Whatever dialog is open, the app's or a component's own, is on
 * top: keys are its own, Esc closes it (the browser sees to that), and nothing behind it takes any.
 */
export function shortcut(
  event: KeyboardEvent,
  { view, appearance }: Pick<FirstStores, 'view' | 'appearance'>,
): void {
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
