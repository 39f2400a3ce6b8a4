/** Converted weights kept in origin-private storage. For dedicated workers, which alone have sync access handles. */
import { NamedError } from '../../named-error.ts';
import type { WeightDtype } from '../protocol/device.ts';
import type { StoredWeights } from '../protocol/loading.ts';
import type { WeightArrays } from './arrays.ts';
import { KeptFiles, isBusy } from './kept-files.ts';
import type { CopySource } from './kept-manifest.ts';
import { fitsPlan, isOfDates, layOut } from './kept-manifest.ts';
import { Damaged, readCopy } from './kept-reader.ts';
import type { KeptWeights, RestoreOptions, WeightKeeper } from './kept.ts';
import { isOutdatedBy } from './kept.ts';
import type { LoadReport } from './load.ts';
import { OpfsKeeper } from './opfs-keeper.ts';
import type { PlannedWeight } from './plan.ts';
import { plainReason } from '../../plain-reason.ts';

/** Against fingerprinting Chromium reports no more free space than this, however much it allows. */
const MOST_REPORTED = 10 * 2 ** 30;

/**
 * One data file and one manifest per copy. The manifest is written last, so half a copy never counts, and every
 * byte is held against its checksum on the way back. Storage that is missing, full, busy or damaged costs the
 * copy and never the load: `onNotice` is told in one sentence.
 */
export class OpfsKeptWeights implements KeptWeights {
  readonly #onNotice: (notice: string) => void;

  constructor(onNotice: (notice: string) => void = () => undefined) {
    this.#onNotice = onNotice;
  }

  /**
   * Streams the copy to the device. null when there is none, it does not fit `plan` or the files' dates, or another tab is
   * writing it.
   * null too when it turns out damaged (it is removed); `arrays` then has some arrays already, to be written again.
   *
   * @throws NamedError `Cancelled`, and those of `arrays.allocate`.
   */
  async restore(
    key: string,
    plan: readonly PlannedWeight[],
    arrays: WeightArrays,
    options: RestoreOptions,
  ): Promise<LoadReport | null> {
    const files = await KeptFiles.open();
    const manifest = await files?.manifest(key);
    if (!files || !manifest || !fitsPlan(manifest, plan)) return null;
    if (!isOfDates(manifest, options.dates)) {
      this.#onNotice(
        `the kept copy of ${manifest.name} was converted from files of other dates, which may differ between the spots that a ` +
          'fingerprint compares: the folder was read, and its copy takes the place of that one',
      );
      return null;
    }
    const data = await files.openData(key).catch(() => null);
    if (!data) return null;
    try {
      return await readCopy(data, manifest, plan, arrays, options);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      this.#onNotice(`the kept copy of ${manifest.name} is damaged (${error.message}) and was removed`);
    } finally {
      data.close();
    }
    await files.remove(key).catch(() => undefined);
    return null;
  }

  /** Starts a copy in place of any older one; null when storage is missing, short or busy. */
  async keep(
    key: string,
    name: string,
    dtype: WeightDtype,
    plan: readonly PlannedWeight[],
    dates: CopySource['dates'],
  ): Promise<WeightKeeper | null> {
    const onGivenUp = (reason: string): void => {
      this.#onNotice(`the converted weights of ${name} are not kept: ${reason}`);
    };
    const files = await KeptFiles.open();
    if (!files) {
      onGivenUp('the browser gives this page no storage of its own');
      return null;
    }
    try {
      await files.remove(key);
      await removeOutdated(files, key);
      const { bytes } = layOut(plan);
      const free = await freeBytes();
      if (bytes > free) {
        onGivenUp(`they take ${mib(bytes)}, and the browser allows this page ${mib(free)} more`);
        return null;
      }
      const data = await files.createData(key);
      return new OpfsKeeper(files, data, { key, name, dtype, plan, dates, onGivenUp });
    } catch (error) {
      onGivenUp(isBusy(error) ? 'another tab is using the copy' : plainReason(error));
      return null;
    }
  }

  /** Whole copies; what is left of others is removed, unless someone is at it. */
  async list(): Promise<readonly StoredWeights[]> {
    const files = await KeptFiles.open();
    const copies: StoredWeights[] = [];
    for (const key of (await files?.keys()) ?? []) {
      const manifest = await files?.manifest(key);
      const bytes = await files?.dataBytes(key);
      if (manifest && bytes === manifest.bytes) {
        copies.push({ key, name: manifest.name, dtype: manifest.dtype, bytes });
      } else {
        await files?.remove(key).catch(() => undefined);
      }
    }
    return copies;
  }

  /** @throws NamedError `StoredWeightsBusy` while a tab reads or writes the copy. */
  async delete(key: string): Promise<void> {
    const files = await KeptFiles.open();
    try {
      await files?.remove(key);
    } catch (cause) {
      throw new NamedError(
        'StoredWeightsBusy',
        'the kept weights are in use and cannot be deleted now',
        { file: key },
        'wait until they are loaded, or close the other tab that loads them',
        { cause },
      );
    }
  }
}

/** Gives up copies that other code converted from the same weights, unless someone is at them. */
async function removeOutdated(files: KeptFiles, newer: string): Promise<void> {
  for (const key of await files.keys())
    if (isOutdatedBy(key, newer)) await files.remove(key).catch(() => undefined);
}

/** Bytes the browser still allows; Infinity where it does not tell, and writing has to show. */
async function freeBytes(): Promise<number> {
  const { quota, usage } = await navigator.storage.estimate();
  if (quota === undefined) return Infinity;
  const free = quota - (usage ?? 0);
  return free < MOST_REPORTED ? free : Infinity;
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
