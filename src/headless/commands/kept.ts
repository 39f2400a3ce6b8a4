import { NamedError } from '../../named-error.ts';
import { keptEntry, keptWithRecords, type KeptEntry } from '../../study/journal/kept-file.ts';
import { toldApart } from '../../study/journal/kept-words.ts';
import type { Command } from '../context.ts';

/** What earlier runs kept: whole or cut off, of this build or of others, with the command that goes on with it, and records where asked. */
export const run: Command = async ({ flags, journals }) => {
  const [asked, shown] = [flags.list('forget'), flags.list('show')];
  const found = await journals.list();
  const unknown = [...asked, ...shown].find(
    (key) => key !== 'all' && !found.some((work) => work.key === key),
  );
  if (unknown !== undefined)
    throw new NamedError(
      'UnknownWork',
      `there is no kept work "${unknown}"`,
      {},
      'run `kept` for the keys there are',
    );
  const forgotten = found.filter(({ key }) => asked.includes('all') || asked.includes(key));
  for (const { key } of forgotten) await journals.remove(key);
  const apart = toldApart(found.filter((work) => !forgotten.includes(work)));
  const kept: (KeptEntry & { readonly apart: string | null })[] = [];
  for (const work of found) {
    if (forgotten.includes(work)) continue;
    const show = shown.includes('all') || shown.includes(work.key);
    // One after another: the answers of a long evaluation are many megabytes.
    const entry = show ? await keptWithRecords(journals, work) : keptEntry(work);
    kept.push({ ...entry, apart: apart.get(work.key) ?? null });
  }
  return { kept, forgotten: forgotten.map(({ key }) => key) };
};
