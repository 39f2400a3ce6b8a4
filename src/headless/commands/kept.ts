import { NamedError } from '../../named-error.ts';
import { fateOf, settingsInWords } from '../../study/journal/kept-words.ts';
import type { Command } from '../context.ts';

/** What earlier runs kept: whole or cut off, with the command that goes on with it. */
export const run: Command = async ({ flags, journals }) => {
  const asked = flags.list('forget');
  const found = await journals.list();
  const unknown = asked.find((key) => key !== 'all' && !found.some((work) => work.key === key));
  if (unknown !== undefined)
    throw new NamedError(
      'UnknownWork',
      `there is no kept work "${unknown}"`,
      {},
      'run `kept` for the keys there are',
    );
  const forgotten = found.filter(({ key }) => asked.includes('all') || asked.includes(key));
  for (const { key } of forgotten) await journals.remove(key);
  const kept = found
    .filter((work) => !forgotten.includes(work))
    .map((work) => ({ ...work, state: fateOf(work), words: settingsInWords(work.settings) }));
  return { kept, forgotten: forgotten.map(({ key }) => key) };
};
