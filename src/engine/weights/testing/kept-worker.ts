/** A tab's worker, as the tests of kept weights drive it. */
import { expose } from 'comlink';
import { installErrorTransfer } from '../../../work/error-transfer.ts';
import type { WeightDtype } from '../../protocol/device.ts';
import type { StoredWeights } from '../../protocol/loading.ts';
import { inlineConvert } from '../convert-inline.ts';
import { OpfsKeptWeights } from '../kept-opfs.ts';
import type { CopySource } from '../kept-manifest.ts';
import type { WeightKeeper } from '../kept.ts';
import type { LoadReport } from '../load.ts';
import { loadWeights } from '../load.ts';
import { contents, deviceArrays, goldenPlan, hostArrays } from './golden-plan.ts';

export interface Wanted {
  readonly key: string;
  readonly dtype: WeightDtype;
  /** Splits the head: a plan of its own. */
  readonly maxTensorBytes?: number;
  /** Of the files of weights. */
  readonly dates?: CopySource['dates'];
  /** Restores to arrays that are written to, in place of constants. */
  readonly toDevice?: boolean;
}

export interface Outcome {
  readonly report: LoadReport;
  readonly arrays: ReadonlyMap<string, Uint8Array>;
}

const CHECKPOINT = 'untied-gqa7-bf16-new';

let notices: string[] = [];
const kept = new OpfsKeptWeights((notice) => notices.push(notice));
let keeper: WeightKeeper | null = null;
let restoring = new AbortController();

const tab = {
  /** Converts the checkpoint, keeping a copy if that can be; the copy still lacks its commit. */
  async convert({ key, dtype, maxTensorBytes, dates = {} }: Wanted): Promise<Outcome & { kept: boolean }> {
    const { checkpoint, plan } = await goldenPlan(CHECKPOINT, dtype, maxTensorBytes);
    const arrays = hostArrays();
    keeper = await kept.keep(key, CHECKPOINT, dtype, plan, dates);
    const report = await loadWeights(checkpoint, plan, arrays, {
      convert: inlineConvert,
      ...(keeper ? { tap: keeper.write } : {}),
    });
    return { report, arrays: contents(arrays, plan), kept: keeper !== null };
  },

  commit: async (report: LoadReport): Promise<void> => keeper?.commit(report),
  discard: async (): Promise<void> => keeper?.discard(),

  /** null where the load has to go on from the files; `thenLoad` does so, into the same arrays. */
  async restore(
    { key, dtype, maxTensorBytes, dates = {}, toDevice = false }: Wanted,
    onProgress: (bytesDone: number) => void = () => undefined,
    thenLoad = false,
  ): Promise<Outcome | null> {
    const { checkpoint, plan } = await goldenPlan(CHECKPOINT, dtype, maxTensorBytes);
    const device = toDevice ? deviceArrays() : null;
    const arrays = device?.arrays ?? hostArrays();
    restoring = new AbortController();
    let report = await kept.restore(key, plan, arrays, {
      signal: restoring.signal,
      onProgress: ({ bytesDone }) => onProgress(bytesDone),
      dates,
    });
    if (!report && thenLoad) report = await loadWeights(checkpoint, plan, arrays, { convert: inlineConvert });
    return report && { report, arrays: device?.contents(plan) ?? contents(arrays, plan) };
  },

  cancel: (): void => restoring.abort(),

  /** Large arrays, in effect. */
  slowReads(milliseconds: number): void {
    const read = FileSystemSyncAccessHandle.prototype.read;
    FileSystemSyncAccessHandle.prototype.read = function (buffer, options) {
      const until = performance.now() + milliseconds;
      while (performance.now() < until);
      return read.call(this, buffer, options);
    };
  },

  list: (): Promise<readonly StoredWeights[]> => kept.list(),
  delete: (key: string): Promise<void> => kept.delete(key),

  takeNotices(): readonly string[] {
    const taken = notices;
    notices = [];
    return taken;
  },

  /** Storage as a full disk, or a small allowance, would have it. */
  shrinkStorage({ quota, writable }: { quota?: number; writable?: number }): void {
    if (quota !== undefined) navigator.storage.estimate = () => Promise.resolve({ quota, usage: 0 });
    if (writable === undefined) return;
    const write = FileSystemSyncAccessHandle.prototype.write;
    let left = writable;
    FileSystemSyncAccessHandle.prototype.write = function (buffer, options) {
      left -= buffer.byteLength;
      if (left < 0) throw new DOMException('No space available for this operation', 'QuotaExceededError');
      return write.call(this, buffer, options);
    };
  },
};

export type Tab = typeof tab;

installErrorTransfer();
expose(tab);
