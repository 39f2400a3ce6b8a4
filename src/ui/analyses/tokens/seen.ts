/** A token as it is: white space would not be seen. */
export function seen(text: string): string {
  return text.trim() === '' ? text.replaceAll('\n', '⏎').replaceAll(' ', '␣') || '–' : text;
}
