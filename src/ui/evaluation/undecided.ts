/** "12, 3 not decided in time": how many there are, and how many answers of theirs the rules gave no verdict. */
export function countText(n: number, undecided: number): string {
  return [String(n), ...undecidedNote(undecided)].join(', ');
}

/** "3 not decided in time"; nothing where all answers have a verdict. */
export function undecidedNote(undecided: number): readonly string[] {
  return undecided > 0 ? [`${undecided} not decided in time`] : [];
}
