import { cellText } from './cell.ts';

/**
 * Whether answers count options from 0, as ScienceQA's and MMLU's do, and as text AI2D's: every one is a whole number that counts
 * an option, and some are no option's text. Told once all rows with options were seen.
 */
export class ChoiceFacts {
  #rows = 0;
  #everyIsIndex = true;
  #everyIsText = true;

  add(answer: unknown, choices: readonly string[] | undefined): void {
    if (choices === undefined) return;
    const text = cellText(answer);
    this.#rows += 1;
    this.#everyIsIndex &&= /^\s*\d+(?:\.0)?\s*$/.test(text ?? '') && Number(text) < choices.length;
    this.#everyIsText &&= choices.some((option) => option.trim() === text?.trim());
  }

  get answersCount(): boolean {
    return this.#rows > 0 && this.#everyIsIndex && !this.#everyIsText;
  }
}
