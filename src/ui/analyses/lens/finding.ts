import { declaration } from '../../../analyses/lens/declaration.mjs';
import { readableFrom, words } from '../../../analyses/lens/words.mjs';
import type { ModelDepths } from '../../../probes/lens/depths.ts';
import { t } from '../../charts/texts.ts';
import { wordsOf } from '../words-of.ts';

/** From where on most answers can be read, of the models of which an interval tells that they are most. Null where none does. */
export function lensFinding(models: readonly ModelDepths[]): string | null {
  const told = models.filter(({ depths }) => (readableFrom(depths)?.interval.low ?? 0) > 0.5);
  return t.sentences(told.map(wordsOf({ declaration, words }).findings.readable)) || null;
}
