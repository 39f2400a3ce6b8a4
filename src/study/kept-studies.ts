/** Studies that a browser keeps: each as its file, packed, under an id of its own. What journals hold of it is not needed for it. */
import { NamedError } from '../named-error.ts';
import { guarded } from './journal/failure.ts';
import { Journals } from './journal/journals.ts';
import {
  isPacked,
  packedStudy,
  readStudyFile,
  type ReadStudy,
  refuseTooLarge,
  resultIn,
  STUDY_FILE,
  withResult,
} from './study-file.ts';
import type { StudyResult } from './study-result.ts';

const READ = 'kept results cannot be read';

/** Where they lie: small files, each written whole or not at all. */
export interface StudyFolder {
  ids(): Promise<readonly string[]>;
  /** Null where it is not there. */
  read(id: string): Promise<File | null>;
  write(id: string, file: Blob): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface KeptStudy {
  readonly id: string;
  /** Null where its first line is damaged. */
  readonly result: StudyResult | null;
  /** Of its file. */
  readonly bytes: number;
  /** Milliseconds since 1970, of its last change. */
  readonly changed: number;
}

export class KeptStudies {
  readonly #folder: StudyFolder;

  constructor(folder: StudyFolder) {
    this.#folder = folder;
  }

  /** The latest first; of each the first line alone is read. @throws NamedError `JournalFailed` */
  async list(): Promise<readonly KeptStudy[]> {
    const found: KeptStudy[] = [];
    for (const id of await guarded(() => this.#folder.ids(), READ)) {
      const file = await guarded(() => this.#folder.read(id), READ);
      // Nothing is in one whose page died before anything was.
      if (file && file.size > 0)
        found.push({ id, result: await resultIn(file), bytes: file.size, changed: file.lastModified });
    }
    return found.sort((a, b) => b.changed - a.changed);
  }

  /** @throws NamedError `NotOpen` where it is gone; `JournalFailed`; those of `readStudyFile` */
  async open(id: string): Promise<ReadStudy> {
    return readStudyFile(await this.#bytes(id), id);
  }

  /** Its file, as it is kept. @throws NamedError `NotOpen`, `JournalFailed` */
  async file(id: string): Promise<Blob> {
    const file = await guarded(() => this.#folder.read(id), READ);
    if (file) return file;
    const gone = 'the study is not kept in this browser any more';
    throw new NamedError('NotOpen', gone, {}, 'open its file again');
  }

  /**
   * Keeps a study's file as it is, damaged lines included.
   *
   * @throws NamedError those of `readStudyFile`, `JournalFailed`
   */
  async take(file: Blob, name: string): Promise<ReadStudy & { readonly id: string }> {
    refuseTooLarge(file.size, name);
    const bytes = await bytesOf(file);
    const read = await readStudyFile(bytes, name);
    const packed = isPacked(bytes) ? file : await blobOf(new Blob([bytes]).stream().pipeThrough(gzip()));
    return { ...read, id: await this.#add(packed) };
  }

  /**
   * Keeps what a study found so far, with its records.
   *
   * @param id under which it is kept, whose name and whatever else is said of it stay, and records that the journals do not hold; null for
   *   one of its own
   * @throws NamedError `JournalFailed`
   */
  async keep(study: StudyResult, journals: Journals, id: string | null = null): Promise<string> {
    const file = id === null ? null : await guarded(() => this.#folder.read(id), READ);
    const said = file && (await resultIn(file));
    const before = file && said ? await readStudyFile(await bytesOf(file), STUDY_FILE) : null;
    const now = said ? over(said, study) : study;
    const packed = await blobOf(await packedStudy(linesOf(now, journals, before)));
    if (id === null) return this.#add(packed);
    await guarded(() => this.#folder.write(id, packed));
    return id;
  }

  /** Says something else of it, as its name; its records stay as they are. @throws NamedError as `open` */
  async change(id: string, change: (study: StudyResult) => StudyResult): Promise<void> {
    const changed = await this.#changed(id, change);
    await guarded(() => this.#folder.write(id, changed));
  }

  /** @returns the id of the copy @throws NamedError as `open` */
  async duplicate(id: string, name: string): Promise<string> {
    return this.#add(await this.#changed(id, (study) => ({ ...study, name })));
  }

  /**
   * Takes analyses out of every study, with their records: what they were computed from turned out to be something else.
   *
   * @param keys of their journals
   * @returns names of the studies that had some
   * @throws NamedError `JournalFailed`; those of `readStudyFile`
   */
  async withdraw(keys: ReadonlySet<string>): Promise<readonly string[]> {
    const isOf = ({ works }: StudyResult['analyses'][number]): boolean =>
      works.some(({ key }) => keys.has(key));
    const found: string[] = [];
    for (const { id, result } of await this.list()) {
      if (!result?.analyses.some(isOf)) continue;
      const { study, storage } = await this.open(id);
      const analyses = study.analyses.filter((analysis) => !isOf(analysis));
      await this.keep({ ...study, analyses }, new Journals(storage), id);
      found.push(study.name);
    }
    return found;
  }

  /** @throws NamedError `JournalFailed` */
  async remove(id: string): Promise<void> {
    await guarded(() => this.#folder.remove(id));
  }

  async #changed(id: string, change: (study: StudyResult) => StudyResult): Promise<Blob> {
    return blobOf(await withResult(await this.#bytes(id), id, change));
  }

  async #bytes(id: string): Promise<Uint8Array<ArrayBuffer>> {
    return bytesOf(await this.file(id));
  }

  async #add(file: Blob): Promise<string> {
    const id = crypto.randomUUID().slice(0, 8);
    await guarded(() => this.#folder.write(id, file));
    return id;
  }
}

/** Of a journal that is not there, the lines that were kept before. */
async function* linesOf(
  study: StudyResult,
  journals: Journals,
  before: ReadStudy | null,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield* journals.study(study);
  if (!before) return;
  const isThere = async (key: string): Promise<boolean> => (await journals.origin(key)) !== null;
  const analyses = await Promise.all(
    study.analyses.map(async (analysis) => {
      const there = await Promise.all(analysis.works.map(({ key }) => isThere(key)));
      return { ...analysis, works: analysis.works.filter((_, at) => there[at] !== true) };
    }),
  );
  const lines = new Journals(before.storage).study({ ...study, analyses });
  // The first is the study's own, which stands already.
  await lines.next();
  yield* lines;
}

async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.arrayBuffer());
}

const gzip = () => new CompressionStream('gzip');

function blobOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Blob> {
  return new Response(stream).blob();
}

/** What is said now, under the name that it was given here, with claims and talk as they were where it says nothing of them; in the file's order. */
function over(before: StudyResult, now: StudyResult): StudyResult {
  const { claims = before.claims, deck = before.deck } = now;
  return {
    ...{ spec: now.spec, name: before.name, analyses: now.analyses },
    ...(claims ? { claims } : {}),
    frankenscope: now.frankenscope,
    ...(deck ? { deck } : {}),
  };
}
