/**
 * A fragment as a sentence: a capital where it begins with a plain word (never a file or tensor name), and a
 * full stop, that of its script.
 */
export function sentence(fragment: string): string {
  const text = fragment.trim();
  if (text === '') return '';
  const [first = ''] = text.split(/\s/);
  const begun = /^[a-z]+[,:;]?$/.test(first) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  if (/[.?!…。？！]$/.test(begun)) return begun;
  return begun + (/\p{Script=Han}/u.test(begun) ? '。' : '.');
}
