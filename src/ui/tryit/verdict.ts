import { firstDifference, type Answer } from '../state/answer.svelte.ts';
import { t } from './texts.ts';

type Compared = Pick<Answer, 'tokens' | 'stop'>;

/** What the edit did to the answer, in a few words: "Changed at token 7", "Unchanged over 32 tokens". */
export function verdict(intact: Compared, edited: Compared, state: 'running' | 'done' | 'failed'): string {
  const at = firstDifference(intact, edited);
  if (at !== null) return at === 0 ? t.verdict.changedAtFirst : t.verdict.changedAt(at + 1);
  const common = Math.min(intact.tokens.length, edited.tokens.length);
  const complete = [intact.stop, edited.stop].every((stop) => stop !== null && stop !== 'cancelled');
  if (complete) return t.verdict.unchanged(common);
  if (common > 0) return t.verdict.sameSoFar(common);
  return state === 'running' ? t.verdict.answering : t.verdict.nothing;
}
