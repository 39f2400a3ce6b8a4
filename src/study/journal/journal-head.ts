/** What a journal file says it is: looked at before any of its records, and trusted in nothing. */
import { NamedError } from '../../named-error.ts';
import { knownReason } from '../../plain-reason.ts';
import type { Description } from './description.ts';
import { DESCRIPTION, isDescription } from './description.ts';
import { keyOf } from './journal-file.ts';
import { lineBatches, type ReadBytes } from './line-stream.ts';
import { valueOf } from './lines.ts';
import { shapeOf } from './shapes.ts';

/** A journal of a million answers is half as large; beyond it somebody chose another file. */
const LARGEST_FILE = 2 ** 30;
/** Hashes of a hundred checkpoints' files, and thousands of layers and experiments. */
const LONGEST_DESCRIPTION = 2 ** 20;
/** Settings nest four deep. */
const DEEPEST = 32;

const SUMMED = /^[0-9a-f]{16} \{/;
const DESCRIBING = /^[0-9a-f]{16} \{"kind":/;

export interface JournalHead {
  /** Of the journal that it is a copy of. */
  readonly key: string;
  readonly description: Description;
}

/**
 * The first whole description of a journal file.
 *
 * @throws NamedError `NotAJournal`, `JournalDamaged` (no description is whole), `JournalTooLarge`, `UnknownKind`, `FileUnreadable`;
 *   the signal's reason
 */
export async function headOf(file: File, signal?: AbortSignal): Promise<JournalHead> {
  if (file.size > LARGEST_FILE)
    throw new NamedError(
      'JournalTooLarge',
      `the file has ${file.size} bytes, and no journal has more than ${LARGEST_FILE}`,
      { file: file.name },
      REMEDY,
    );
  let summed = 0;
  for await (const batch of lineBatches(bytesOf(file), LONGEST_DESCRIPTION)) {
    signal?.throwIfAborted();
    for (const { bytes } of batch) {
      if (!bytes || !SUMMED.test(beginning(bytes))) continue;
      summed += 1;
      const head = await headIn(bytes);
      if (!head) continue;
      if (!shapeOf(head.description.kind)) throw unknownKind(file.name, head.description);
      return head;
    }
    // Among so many lines one is whole.
    if (summed === 0) break;
  }
  if (summed > 0)
    throw new NamedError(
      'JournalDamaged',
      'no line that says what this journal is of is whole',
      { file: file.name },
      'save it again where it was saved',
    );
  throw new NamedError(
    'NotAJournal',
    file.size === 0 ? 'the file is empty' : 'no line of the file is one of a journal',
    { file: file.name },
    REMEDY,
  );
}

const REMEDY = 'give a file that "Save journal" or `kept --save` wrote';

/** The bytes of a file that a person chose. @throws NamedError `FileUnreadable` */
export function bytesOf(file: File): ReadBytes {
  return async (start, end) => {
    try {
      return new Uint8Array(await file.slice(start, end).arrayBuffer());
    } catch (error) {
      const what = knownReason(error)?.what ?? 'the file cannot be read';
      throw new NamedError('FileUnreadable', what, { file: file.name }, 'choose it again', { cause: error });
    }
  };
}

/** What a line says, where it describes a journal and stood in that journal; null for every other line. */
export async function headIn(line: Uint8Array<ArrayBuffer>): Promise<JournalHead | null> {
  const said = DESCRIBING.test(beginning(line)) ? parsed(line) : null;
  if (!isDescription(said) || !isPlain(said)) return null;
  const key = await keyOf(said);
  return (await valueOf(`${key}/${DESCRIPTION}`, line)) === undefined ? null : { key, description: said };
}

function parsed(line: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(line.subarray(17))) as unknown;
  } catch {
    return null;
  }
}

/** Of a form that a list can show: the schema looks at no field that is called `__proto__` or `constructor`. */
function isPlain({ inputs, settings }: Description): boolean {
  return (
    Object.values<unknown>(inputs).every((input) => typeof input === 'string') && nests(settings, DEEPEST)
  );
}

function nests(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return most > 0 && Object.values(value).every((inner) => nests(inner, most - 1));
}

function beginning(line: Uint8Array): string {
  return String.fromCharCode(...line.subarray(0, 25));
}

function unknownKind(file: string, { kind, build }: Description): NamedError {
  return new NamedError(
    'UnknownKind',
    `its records are of the kind "${kind}", which this build does not know`,
    { file },
    `open it with the build that wrote it: ${build}`,
  );
}
