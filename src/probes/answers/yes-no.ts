/** "Yes" or "No", whichever word comes first; null where neither does. */
export function parseYesNo(answer: string): 'yes' | 'no' | null {
  const match = /\b(yes|no)\b/i.exec(answer);
  return match ? ((match[1] as string).toLowerCase() as 'yes' | 'no') : null;
}
