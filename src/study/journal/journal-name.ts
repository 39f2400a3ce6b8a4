/** Whether a file is a journal by its name; browsers number copies: "swap-1a2b3c4d.journal (1).jsonl". */
export function isJournalFile(name: string): boolean {
  const [, ...parts] = (name.split('/').at(-1) ?? '').toLowerCase().split('.');
  return parts.at(-1) === 'jsonl' && parts.some((part) => /^journal(?!\w)/.test(part));
}
