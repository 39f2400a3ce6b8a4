const WORDS = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  ...['eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
  'twenty',
];
const NUMBER = /\\boxed\s*\{\s*(\d+)|(?<![\d.])\d+(?!\d|\.[\d.]*\d)|\b[a-z]{3,9}\b/gi;

/** The count an answer gives: its `\boxed{}` number, else its first whole number, in digits or words up to twenty. */
export function parseCount(answer: string): number | null {
  const found = [...answer.matchAll(NUMBER)].filter(
    ([word]) => !/^[a-z]/i.test(word) || WORDS.includes(word.toLowerCase()),
  );
  const match = found.find(([, boxed]) => boxed !== undefined) ?? found[0];
  if (!match) return null;
  const word = WORDS.indexOf(match[0].toLowerCase());
  return word >= 0 ? word : Number(match[1] ?? match[0]);
}
