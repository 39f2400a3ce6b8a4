import { t } from './texts.ts';

/** "12, 3 not decided in time": how many there are, and how many answers of theirs the rules gave no verdict. */
export function countText(n: number, undecided: number): string {
  return undecided > 0 ? t.count(n, undecided) : String(n);
}

/** "3 not decided in time"; nothing where all answers have a verdict. */
export function undecidedNote(undecided: number): readonly string[] {
  return undecided > 0 ? [t.undecided(undecided)] : [];
}
