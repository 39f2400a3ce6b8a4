/** Kept work as a file: what it is, who computed it, and every record, whether or not its inputs are open. */
import type { Journals } from './journals.ts';
import type { KeptWork } from './kept-work.ts';
import { rerunText, settingsInWords } from './kept-work-text.ts';

export interface KeptEntry extends KeptWork {
  /** What a rerun does with it. */
  readonly state: string;
  /** Its settings as words. */
  readonly words: string;
}

/** What a reader is told of kept work, as a list of it has it. */
export function keptEntry(work: KeptWork): KeptEntry {
  return { ...work, state: rerunText(work), words: settingsInWords(work.settings) };
}

/** The same with its records, by the key of each. @throws NamedError `JournalFailed` */
export async function keptWithRecords(
  journals: Journals,
  work: KeptWork,
): Promise<KeptEntry & { readonly records: Readonly<Record<string, unknown>> }> {
  return { ...keptEntry(work), records: Object.fromEntries(await journals.records(work.key)) };
}

/** The same as JSON. @throws NamedError `JournalFailed` */
export async function keptFile(journals: Journals, work: KeptWork): Promise<string> {
  return `${JSON.stringify(await keptWithRecords(journals, work))}\n`;
}
