import { withoutMarkup, withoutSpaces } from './plain-text.ts';

/** Whether two answers are the same text: markup, spaces, the case of words and brackets around one letter aside. */
export function sameText(a: string, b: string): boolean {
  const said = comparable(a);
  return said !== '' && said === comparable(b);
}

/** A letter alone may be an option: (B) is b. Among others it is a variable, and R is not r. */
function comparable(text: string): string {
  const said = withoutSpaces(withoutMarkup(text));
  const option = /^[([]?([a-zA-Z])[)\]]?$/.exec(said)?.[1];
  return option?.toLowerCase() ?? said.replace(/(?<![\\a-zA-Z])[a-zA-Z]{2,}/g, (word) => word.toLowerCase());
}
