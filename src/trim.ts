/**
 * A text without the signs at its end; `sign` matches one character. `/[…]+$/` takes the square of a text's length:
 * it is tried from every sign on.
 */
export function withoutEnd(text: string, sign: RegExp): string {
  let end = text.length;
  while (end > 0 && sign.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** A text without the signs at its beginning. */
export function withoutStart(text: string, sign: RegExp): string {
  let start = 0;
  while (start < text.length && sign.test(text.charAt(start))) start++;
  return text.slice(start);
}
