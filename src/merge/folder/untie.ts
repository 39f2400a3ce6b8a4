/** config.json of a folder whose head is a matrix of its own, although it says otherwise. */
import type { ChangedFile } from './both-spellings.ts';
import { JsonText } from './json-text.ts';

const FIELD = 'tie_word_embeddings';

/**
 * A config.json with `tie_word_embeddings` false at the root and, where there is one, in `text_config`: transformers 5
 * and 4 then both read the stored head. Nothing else of the text changes; null where neither level ties.
 */
export function untied(config: string): ChangedFile | null {
  const json = JsonText.read(config);
  const levels = json?.type(['text_config']) === 'object' ? [[], ['text_config']] : [[]];
  if (!json || !levels.some((level) => json.value([...level, FIELD]) === true)) return null;
  const { text } = levels.reduce((now, level) => now.with(level, [[FIELD, 'false']]), json);
  return { name: 'config.json', text, changes: [CHANGE] };
}

const CHANGE = `${FIELD} is false: the head is a matrix of its own, and so transformers 4 and 5 both read it.`;
