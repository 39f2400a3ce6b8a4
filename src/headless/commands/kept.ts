import { NamedError } from '../../named-error.ts';
import { keptEntry, keptWithRecords, type KeptEntry } from '../../study/journal/kept-file.ts';
import { differingInputs } from '../../study/journal/kept-work-text.ts';
import type { Command, CommandContext } from '../context.ts';

/** What earlier runs kept: whole or cut off, of this build or of others, with the command that goes on with it, and records where asked. */
export const run: Command = async (context) => {
  const { flags, journals } = context;
  const [asked, shown, saved] = [flags.list('forget'), flags.list('show'), flags.text('save')];
  const found = await journals.list();
  const isUnknown = (key: string): boolean => !found.some((work) => work.key === key);
  const named = {
    forget: asked.filter(isOne),
    show: shown.filter(isOne),
    save: saved === undefined ? [] : [saved],
  };
  const flag = (['forget', 'show', 'save'] as const).find((one) => named[one].some(isUnknown));
  if (flag !== undefined)
    throw new NamedError(
      'UnknownWork',
      `there is no kept work "${named[flag].find(isUnknown)}"`,
      { field: flag },
      'run `kept` for the keys there are',
    );
  if (saved !== undefined) {
    if (asked.length > 0 || shown.length > 0)
      throw new NamedError(
        'BadValue',
        'with --save nothing is shown or forgotten',
        { field: '--save' },
        'run `kept` once for each',
      );
    return saveJournal(context, saved);
  }
  const forgotten = found.filter(({ key }) => asked.includes('all') || asked.includes(key));
  for (const { key } of forgotten) await journals.remove(key);
  const apart = differingInputs(found.filter((work) => !forgotten.includes(work)));
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

/** A key, not the word for all of them. */
const isOne = (key: string): boolean => key !== 'all';

/** Writes `--out`: a journal as one file. */
async function saveJournal({ journals, out, outName }: CommandContext, key: string): Promise<void> {
  if (outName === null) throw new TypeError('--out is not a file of its own');
  const writer = (await out.create(outName)).getWriter();
  for await (const piece of journals.file(key)) await writer.write(piece);
  await writer.close();
}
