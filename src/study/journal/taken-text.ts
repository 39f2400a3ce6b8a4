import { shortened } from '../../named-error.ts';

/** What became of a journal file's records. */
export interface TakenOver {
  readonly key: string;
  readonly title: string;
  /** Which build computed it. */
  readonly build: string;
  /** Whether that is this one, which then goes on with it. */
  readonly current: boolean;
  /** Records that were not here. */
  readonly added: number;
  /** Records that were here, and say the same. */
  readonly known: number;
  /** Keys of records that are here and say something else: they stay as they are here. */
  readonly conflicts: readonly string[];
  /** Numbers of the lines that are damaged, or no record of their kind. */
  readonly damaged: readonly number[];
}

/** Line numbers and keys said of many, at most. */
const SAID = 5;

/** What a person is told of a journal that was taken over, in sentences. */
export function takenText(file: string, taken: TakenOver): string {
  const { title, added, known, conflicts, damaged, current, build } = taken;
  const already = known > 0 ? `, ${known} ${known === 1 ? 'was' : 'were'} here already` : '';
  return [
    `${counted(added, 'record')} of "${shortened(title, 200)}" ${added === 1 ? 'was' : 'were'} taken over from ${file}${already}.`,
    ...(damaged.length > 0
      ? [
          `${counted(damaged.length, 'line')} of it (${some(damaged.map(String))}) ${damaged.length === 1 ? 'is' : 'are'} damaged, or no record of this kind, and left out.`,
        ]
      : []),
    ...(conflicts.length > 0
      ? [
          `${counted(conflicts.length, 'record')} of it (${some(conflicts)}) ${conflicts.length === 1 ? 'says' : 'say'} something else than what is kept here: what is kept here stays.`,
        ]
      : []),
    ...(current ? [] : [`It was computed by another build (${build}): shown, not gone on with.`]),
  ].join(' ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function some(names: readonly string[]): string {
  const more = names.length > SAID ? ` and ${names.length - SAID} more` : '';
  return (
    names
      .slice(0, SAID)
      .map((name) => shortened(name, 80))
      .join(', ') + more
  );
}
