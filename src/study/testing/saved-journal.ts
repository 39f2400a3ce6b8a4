import type { Journals } from '../journal/journals.ts';

/** A journal as the file that a person would save. */
export async function savedJournal(journals: Journals, key: string, name = 'a.journal.jsonl'): Promise<File> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of journals.file(key)) pieces.push(piece);
  return new File(pieces, name);
}
