import { declaration } from '../../../analyses/swap/declaration.mjs';
import { words } from '../../../analyses/swap/words.mjs';
import type { TaskRates } from '../../../probes/swap/change-rates.ts';
import { t } from '../../charts/texts.ts';
import { wordsOf } from '../words-of.ts';

/**
 * Where answers change most, of the tasks whose intervals tell layers apart: that of the highest rate lies above that of the lowest. Null
 * where none does.
 */
export function swapFinding(tasks: readonly TaskRates[]): string | null {
  const told = tasks.filter(({ layers }) => {
    const [least, most] = [Math.min, Math.max].map((end) => end(...layers.map(({ rate }) => rate)));
    const [lowest, highest] = [least, most].map((end) => layers.find(({ rate }) => rate === end)?.interval);
    return lowest && highest && highest.low > lowest.high;
  });
  return t.sentences(told.map(wordsOf({ declaration, words }).findings.peak)) || null;
}
