/** Keeps the manifest of an export: what is whole, so that a later run goes on behind it. */
import { MANIFEST_FILE } from '../../../scripts/result-folder.mjs';
import { NamedError } from '../../named-error.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { workKey } from '../../identity/work-identity.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { ReadHashes } from '../folder/hashed-reading.ts';
import type { HeldFile, KeptFolder } from '../sinks/sink.ts';
import { claimFolder } from './claim.ts';
import type { FinishedFile, Manifest } from './manifest.ts';
import { writeManifest } from './manifest.ts';
import { isWeightFile } from './weight-files.ts';
import { pieceHash } from './piece-hash.ts';
import { isCancelled } from '../../work/cancel.ts';

export class MergeRecord {
  readonly #kept: KeptFolder;
  /** Of the donors' weights, as they are now. */
  readonly #dates: Readonly<Record<string, number>>;
  #manifest: Manifest;

  /** Whether an earlier run began it. */
  readonly goesOn: boolean;

  private constructor(
    kept: KeptFolder,
    dates: Readonly<Record<string, number>>,
    manifest: Manifest,
    goesOn: boolean,
  ) {
    this.#kept = kept;
    this.#dates = dates;
    this.#manifest = manifest;
    this.goesOn = goesOn;
  }

  /**
   * Takes the folder for an export, before anything of it is written.
   *
   * @param names the files that the export writes
   * @param dates of the donors' weights
   * @throws NamedError those of `claimFolder`
   */
  static async begin(
    kept: KeptFolder,
    identity: WorkIdentity<'merge'>,
    names: ReadonlySet<string>,
    dates: Readonly<Record<string, number>>,
  ): Promise<MergeRecord> {
    const key = await workKey(identity);
    const { title, inputs, settings } = identity;
    const earlier = await claimFolder(kept, key, identity, names);
    const begun = new Date().toISOString();
    const fresh: Manifest = {
      key,
      title,
      begun,
      inputs,
      settings,
      dates,
      deviations: {},
      writing: null,
      finished: [],
      read: {},
    };
    return new MergeRecord(kept, dates, earlier ?? fresh, earlier !== null);
  }

  /** Deviations that an earlier run measured, by tensor. */
  get deviations(): ReadonlyMap<string, number> {
    return new Map(Object.entries(this.#manifest.deviations));
  }

  /** Whether there is something that a later run can go on from. */
  get isWorthKeeping(): boolean {
    return this.weightFiles > 0;
  }

  /** How many files of weights are whole. */
  get weightFiles(): number {
    return this.#manifest.finished.filter(({ name }) => isWeightFile(name)).length;
  }

  async measured(tensor: string, deviation: number): Promise<void> {
    const deviations = { ...this.#manifest.deviations, [tensor]: deviation };
    await this.#write({ ...this.#manifest, deviations });
  }

  /** What the tensors held that earlier files were made of. */
  get read(): ReadHashes {
    return this.#manifest.read;
  }

  /** Whether the donors' files have other dates than when this was begun: their weights may have changed where no spot looks. */
  get hasOtherDates(): boolean {
    const { dates } = this.#manifest;
    const names = new Set([...Object.keys(dates), ...Object.keys(this.#dates)]);
    return [...names].some((name) => dates[name] !== this.#dates[name]);
  }

  /**
   * Takes back all that is made, of weights that are others now: old and new ones never stand in one folder.
   *
   * @returns whether there was anything
   */
  async startOver(): Promise<boolean> {
    const { finished, deviations } = this.#manifest;
    for (const { name } of finished) await this.#kept.remove(name);
    this.#manifest = { ...this.#manifest, dates: this.#dates, deviations: {}, finished: [], read: {} };
    return finished.length > 0 || Object.keys(deviations).length > 0;
  }

  /**
   * Reads what an earlier run finished, and forgets what is not as it was.
   *
   * @returns the names of files that are whole, and of those that are to be written again
   * @throws NamedError `Cancelled`; those of reading
   */
  async check({ signal, onProgress }: Pick<LongWork<never>, 'signal' | 'onProgress'>): Promise<{
    readonly whole: ReadonlySet<string>;
    readonly spoilt: readonly string[];
  }> {
    const { finished } = this.#manifest;
    if (finished.length === 0) return { whole: new Set(), spoilt: [] };
    const held = new Map((await this.#kept.held()).map((file) => [file.name, file]));
    const total = finished.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    const report = (bytes: number): void => {
      done += bytes;
      onProgress?.({ phase: 'checking what was written earlier', done, total, unit: 'bytes' });
    };
    const whole: FinishedFile[] = [];
    for (const file of finished) {
      if (await this.#isWhole(file, held.get(file.name), signal, report)) whole.push(file);
    }
    const names = new Set(whole.map(({ name }) => name));
    const spoilt = finished.map(({ name }) => name).filter((name) => !names.has(name));
    // Away at once: a later manifest does not say any more that they are ours.
    for (const name of spoilt) await this.#kept.remove(name);
    this.#manifest = { ...this.#manifest, finished: whole };
    return { whole: names, spoilt };
  }

  async #isWhole(
    file: FinishedFile,
    held: HeldFile | undefined,
    signal: AbortSignal | undefined,
    report: (bytes: number) => void,
  ): Promise<boolean> {
    if (held?.bytes !== file.bytes) return false;
    try {
      return (await pieceHash(await this.#kept.read(held), signal, report)) === file.checksum;
    } catch (error) {
      // A place on the disk that cannot be read any more is written again; the export itself may go on.
      if (error instanceof NamedError && !isCancelled(error)) return false;
      throw error;
    }
  }

  /** Says which file comes next, before there is anything of it. */
  async next(name: string): Promise<void> {
    if (this.#manifest.writing !== name) await this.#write({ ...this.#manifest, writing: name });
  }

  /**
   * A file is whole and on the disk.
   *
   * @param read of the tensors that it was made of
   * @param next the file after it
   */
  async finished(file: FinishedFile, read: ReadHashes, next: string | null): Promise<void> {
    const finished = [...this.#manifest.finished.filter(({ name }) => name !== file.name), file];
    const all = { ...this.#manifest.read };
    for (const [donor, hashes] of Object.entries(read)) all[donor] = { ...all[donor], ...hashes };
    await this.#write({ ...this.#manifest, finished, writing: next, read: all });
  }

  /** All is there: the folder is an ordinary one. */
  async end(): Promise<void> {
    await this.#kept.remove(MANIFEST_FILE);
  }

  /** Takes back all that is whole, with or without a note of it. @returns what is left to be removed, by which a later run would know the rest */
  async forget(): Promise<readonly string[]> {
    const { finished, writing } = this.#manifest;
    for (const { name } of finished) await this.#kept.remove(name);
    if (writing !== null) await this.#kept.remove(writing);
    return [MANIFEST_FILE];
  }

  async #write(manifest: Manifest): Promise<void> {
    await this.#kept.replace(MANIFEST_FILE, await writeManifest(manifest));
    this.#manifest = manifest;
  }
}
