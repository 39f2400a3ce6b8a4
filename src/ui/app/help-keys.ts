import { TRY_IT_KEY } from '../analysis-page/page-facts.ts';
import { identityAt, MOST_CHECKPOINTS } from '../theme/identity.ts';
import { PAGES } from './pages.ts';
import { t } from './sheet-texts.ts';

/** What each key does, for the help sheet; `shortcut` is the doing. */
export function helpKeys(): readonly (readonly [keys: readonly string[], does: string])[] {
  const { keys: does, page } = t.help;
  return [
    ...PAGES.map(({ facts }) => [[facts.key], page(facts.title, facts.question)] as const),
    [['t', TRY_IT_KEY], does.tryIt],
    [['s'], does.samples],
    [['g'], does.guide],
    [['?'], does.help],
    [['m'], does.machine],
    [['l'], does.talk],
    [['d'], does.theme],
    [['←', '→'], does.sideways],
    [['↑', '↓'], does.upDown],
    [['Enter'], does.enter],
    [['Space'], does.space],
    [['Shift', '←', '→'], does.shift],
    [Array.from({ length: MOST_CHECKPOINTS }, (_, position) => identityAt(position).key), does.donors],
    [['Ctrl', 'Enter'], does.ask],
    [['Esc'], does.escape],
  ];
}
