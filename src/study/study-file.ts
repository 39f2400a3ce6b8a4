/**
 * A study as one file: what it found in a first line, then its journals one after another, each with what shows it and its records.
 * Lines are those of journals, checksum included; no weights are in it. Compressed or not, it reads the same.
 */
import * as v from 'valibot';
import { NamedError } from '../named-error.ts';
import { joinedBytes } from '../work/bytes.ts';
import { DESCRIPTION, readDescription } from './journal/description.ts';
import { guarded } from './journal/failure.ts';
import { ended, LONGEST_LINE } from './journal/journal-file.ts';
import { headIn } from './journal/journal-head.ts';
import { lineBatches } from './journal/line-stream.ts';
import { lineOf, readLines, valueOf } from './journal/lines.ts';
import { MemoryStorage } from './journal/memory-storage.ts';
import { keyOfRecord, recordPlace, RECORDS } from './journal/records.ts';
import { ANYTHING } from './journal/shapes.ts';
import { SHOWN } from './journal/shown-part.ts';
import { NEWLINE, type JournalStorage } from './journal/storage.ts';
import { STUDY_RESULT, type StudyResult } from './study-result.ts';

/** What a study's file is called. */
export const STUDY_FILE = 'study.frankenscope';

/** Where the first line stands. */
const PLACE = 'study';
/** Unpacked; a study of thousands of answers takes a tenth of it. */
const LARGEST_FILE = 256 * 2 ** 20;
const MOST_JOURNALS = 1000;
const GZIP = [0x1f, 0x8b] as const;

/**
 * Piece by piece, unpacked.
 *
 * @throws NamedError `JournalFailed` where the storage cannot be read
 */
export async function* studyLines(
  storage: JournalStorage,
  study: StudyResult,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield encoded(await lineOf(PLACE, JSON.stringify(study)));
  const keys = new Set(study.analyses.flatMap(({ works }) => works.map(({ key }) => key)));
  for (const key of keys) {
    const { last } = await readDescription(storage, key);
    if (!last) continue;
    // The command that goes on with it names files of the machine that it was run on.
    const { again: _, ...described } = last;
    yield encoded(await lineOf(`${key}/${DESCRIPTION}`, JSON.stringify(described)));
    const shown = (await storage.read(key, SHOWN)) ?? new Uint8Array(0);
    const { whole } = await readLines(`${key}/${SHOWN}`, shown);
    yield joinedBytes(whole.map(({ start, end }) => ended(shown.subarray(start, end))));
    yield joinedBytes(await linesByKey(storage, key));
  }
}

/**
 * Whole lines that are records, by their keys: the order in which they came is of one run. Of one key the last counts, and stays last.
 *
 * @throws NamedError `JournalFailed`
 */
async function linesByKey(storage: JournalStorage, work: string): Promise<readonly Uint8Array[]> {
  const found = await guarded(() => storage.read(work, RECORDS), 'kept results cannot be read');
  const bytes = found ?? new Uint8Array(0);
  const { whole } = await readLines(recordPlace(work), bytes);
  return whole
    .flatMap(({ value, start, end }) => {
      const key = keyOfRecord(ANYTHING, value);
      return key === null ? [] : [{ key, line: ended(bytes.subarray(start, end)) }];
    })
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ line }) => line);
}

/** Compressed, as it lies on a disk: what shows a comparison names every tensor. */
export async function packedStudy(
  lines: AsyncIterable<Uint8Array<ArrayBuffer>>,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const pieces: Blob[] = [];
  for await (const piece of lines) pieces.push(new Blob([piece]));
  return new Blob(pieces).stream().pipeThrough(new CompressionStream('gzip'));
}

/**
 * A study's file with another first line; all others are left as they are.
 *
 * @throws NamedError those of `readStudyFile`
 */
export async function withResult(
  packed: Uint8Array<ArrayBuffer>,
  file: string,
  change: (study: StudyResult) => StudyResult,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const bytes = await unpacked(packed, file, LARGEST_FILE);
  const { start, end } = firstLine(bytes);
  const study = await studyOf(bytes.subarray(start, end));
  if (!study) throw notAStudy(file);
  const line = encoded(await lineOf(PLACE, JSON.stringify(change(study))));
  const rest = bytes.subarray(end + 1);
  return new Blob([line, rest]).stream().pipeThrough(new CompressionStream('gzip'));
}

/** What a packed study found, of which its first line alone is read; null where that is none of a study, or damaged. */
export async function resultIn(packed: Blob): Promise<StudyResult | null> {
  const reader = packed.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  let bytes = new Uint8Array(0);
  try {
    for (;;) {
      const { done, value = new Uint8Array(0) } = await reader.read();
      bytes = joinedBytes([bytes, value]);
      const { start, end } = firstLine(bytes);
      if (end < bytes.length || done) return await studyOf(bytes.subarray(start, end));
      if (bytes.length > LONGEST_LINE) return null;
    }
  } catch {
    return null;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Where the first line that is not empty begins and ends. */
function firstLine(bytes: Uint8Array): { readonly start: number; readonly end: number } {
  const found = bytes.findIndex((byte) => byte !== NEWLINE);
  const start = found === -1 ? bytes.length : found;
  const newline = bytes.indexOf(NEWLINE, start);
  return { start, end: newline === -1 ? bytes.length : newline };
}

export interface ReadStudy {
  readonly study: StudyResult;
  /** Its journals: nothing of them is written anywhere else. */
  readonly storage: JournalStorage;
  /** Numbers of the lines that are damaged, or none of a study. */
  readonly damaged: readonly number[];
}

/**
 * Reads a study's file.
 *
 * @param largest bytes that are read, unpacked
 * @throws NamedError `NotAStudy`, `StudyTooLarge`; `FileUnreadable` where what is packed cannot be unpacked
 */
export async function readStudyFile(
  packed: Uint8Array<ArrayBuffer>,
  file: string,
  largest = LARGEST_FILE,
): Promise<ReadStudy> {
  const bytes = await unpacked(packed, file, largest);
  const storage = new MemoryStorage();
  const damaged: number[] = [];
  let study: StudyResult | null = null;
  const keys = new Set<string>();
  let key = '';
  const read = (start: number, end: number) => Promise.resolve(bytes.slice(start, end));
  for await (const batch of lineBatches(read, LONGEST_LINE)) {
    for (const { bytes: line, number } of batch) {
      if (!study) {
        study = line && (await studyOf(line));
        if (!study) throw notAStudy(file);
        continue;
      }
      const head = line && (await headIn(line));
      if (head) {
        key = head.key;
        keys.add(key);
        if (keys.size > MOST_JOURNALS) throw tooLarge(`more than ${MOST_JOURNALS} journals`, file);
      }
      const of = head ? DESCRIPTION : line && (await fileOf(key, line));
      if (line && of) await storage.append(key, of, ended(line));
      else damaged.push(number);
    }
  }
  if (!study) throw notAStudy(file);
  return { study, storage, damaged };
}

async function studyOf(line: Uint8Array<ArrayBuffer>): Promise<StudyResult | null> {
  const value = await valueOf(PLACE, line);
  return v.is(STUDY_RESULT, value) ? value : null;
}

/** The journal's file that a line stood in; null where it is damaged, or of another journal. */
async function fileOf(key: string, line: Uint8Array<ArrayBuffer>): Promise<string | null> {
  if (key === '') return null;
  for (const name of [RECORDS, SHOWN]) if ((await valueOf(`${key}/${name}`, line)) !== undefined) return name;
  return null;
}

/** Before anything of it is read. @throws NamedError `StudyTooLarge` */
export function refuseTooLarge(bytes: number, file: string, largest = LARGEST_FILE): void {
  if (bytes > largest) throw tooLarge(`${bytes} bytes`, file);
}

async function unpacked(
  packed: Uint8Array<ArrayBuffer>,
  file: string,
  largest: number,
): Promise<Uint8Array<ArrayBuffer>> {
  refuseTooLarge(packed.length, file, largest);
  if (!isPacked(packed)) return packed;
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    for (const reader = stream.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) return joinedBytes(pieces);
      pieces.push(value);
      length += value.length;
      if (length <= largest) continue;
      await reader.cancel();
      throw tooLarge(`more than ${largest} bytes unpacked`, file);
    }
  } catch (cause) {
    if (cause instanceof NamedError) throw cause;
    throw new NamedError(
      'FileUnreadable',
      'it begins as gzip and cannot be unpacked',
      { file },
      'save it again where it was saved',
      { cause },
    );
  }
}

/** Whether it begins as gzip does. */
export function isPacked(bytes: Uint8Array): boolean {
  return GZIP.every((byte, at) => bytes[at] === byte);
}

function encoded(line: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(line);
}

function tooLarge(found: string, file: string): NamedError {
  const limit = `${LARGEST_FILE} bytes unpacked, and ${MOST_JOURNALS} journals`;
  return new NamedError(
    'StudyTooLarge',
    `the file has ${found}; at most ${limit} are read`,
    { file },
    'give the file of one study',
  );
}

function notAStudy(file: string): NamedError {
  return new NamedError(
    'NotAStudy',
    'its first line is none of a study, or damaged',
    { file },
    `give the ${STUDY_FILE} that the command \`study\` wrote`,
  );
}
