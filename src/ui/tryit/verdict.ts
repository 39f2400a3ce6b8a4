import { counted } from '../format/quantity.ts';
import { firstDifference, type Answer } from '../state/answer.svelte.ts';

type Compared = Pick<Answer, 'tokens' | 'stop'>;

/** What the edit did to the answer, in a few words: "Changed at token 7", "Unchanged over 32 tokens". */
export function verdict(intact: Compared, edited: Compared, state: 'running' | 'done' | 'failed'): string {
  const at = firstDifference(intact, edited);
  if (at !== null) return at === 0 ? 'Changed from the first token' : `Changed at token ${at + 1}`;
  const common = Math.min(intact.tokens.length, edited.tokens.length);
  const complete = [intact.stop, edited.stop].every((stop) => stop !== null && stop !== 'cancelled');
  if (complete) return `Unchanged over ${counted(common, 'token')}`;
  if (common > 0) return `The same so far, ${counted(common, 'token')}`;
  return state === 'running' ? 'Answering' : 'Nothing to compare';
}
