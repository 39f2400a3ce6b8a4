/** The page's side of work on a merge: a worker for each piece of it, so that the page only ever waits. */
import type { ProxyMarked, Remote } from 'comlink';
import { proxy, wrap } from 'comlink';
import { installErrorTransfer } from '../../work/error-transfer.ts';
import { PendingCalls } from '../../work/pending-calls.ts';
import { NamedError } from '../../named-error.ts';
import type { WorkProgress } from '../../work/long-work.ts';
import type { WeightsMemory } from '../export.ts';
import type { MergedFolder } from '../folder/merged-folder.ts';
import type { MergePlan } from '../plan/plan.ts';
import type { RoundingErrors } from '../quantize/rounding-errors.ts';
import type { Scheme } from '../quantize/scheme.ts';
import { installFolderTransfer } from '../transfer.ts';
import type { ExportableFolder, ExportedFolder, ExportPlace, MergeHost } from './host.ts';
import { throwIfCancelled } from '../../work/cancel.ts';

export interface MergeWork {
  /** Ends the work with a NamedError `Cancelled`, once what was written is removed (but for what an earlier run had finished). */
  readonly signal?: AbortSignal;
  onProgress?(progress: WorkProgress): void;
  /** Told in sentences what an export found in its folder, and what stays there where it is cut off. */
  onNotice?(notice: string): void;
  /** What is remembered of the donors' weights. */
  readonly weights?: WeightsMemory;
}

/**
 * Writes the merge, as it is or quantized, into a new folder of `place`, the noise measured first where there is any; or goes on with what the same
 * export left unfinished there.
 *
 * @throws NamedError those of `exportMerge` and of `DirectorySink`; `FolderInUse`, `WorkerFailed`
 */
export function exportInWorker(
  folder: ExportableFolder,
  place: ExportPlace,
  work: MergeWork = {},
): Promise<ExportedFolder> {
  const onNotice = proxy((notice: string) => work.onNotice?.(notice));
  const weights = work.weights && proxy(work.weights);
  return inWorker((host, onProgress) => host.export(folder, place, onProgress, onNotice, weights), work);
}

/**
 * The plan of the merge with the deviations that its noise is scaled by.
 *
 * @throws NamedError those of `measureNoise`; `WorkerFailed`
 */
export function measureInWorker(merge: MergedFolder, work: MergeWork = {}): Promise<MergePlan> {
  return inWorker((host, onProgress) => host.measure(merge, onProgress), work);
}

/**
 * What rounding the weights of the merge loses.
 *
 * @throws NamedError those of `measureRounding`; `WorkerFailed`
 */
export function roundingInWorker(
  merge: MergedFolder,
  scheme: Scheme,
  work: MergeWork = {},
): Promise<RoundingErrors> {
  return inWorker((host, onProgress) => host.rounding(merge, scheme, onProgress), work);
}

type OnProgress = ((progress: WorkProgress) => void) & ProxyMarked;

async function inWorker<T>(
  call: (host: Remote<MergeHost>, onProgress: OnProgress) => Promise<T>,
  { signal, onProgress }: MergeWork,
): Promise<T> {
  throwIfCancelled(signal);
  installErrorTransfer();
  installFolderTransfer();
  const worker = spawn();
  const calls = new PendingCalls();
  worker.onerror = ({ message }) => {
    const remedy = 'reload the page and start again';
    calls.rejectAll(
      new NamedError('WorkerFailed', message || 'the worker of the merge did not start', {}, remedy),
    );
  };
  const host = wrap<MergeHost>(worker);
  const cancel = (): void => void host.cancel();
  signal?.addEventListener('abort', cancel);
  try {
    return await calls.guard(
      call(
        host,
        proxy((progress: WorkProgress) => onProgress?.(progress)),
      ),
    );
  } finally {
    signal?.removeEventListener('abort', cancel);
    worker.terminate();
  }
}

function spawn(): Worker {
  return new Worker(new URL('../../../workers/merge.ts', import.meta.url), { type: 'module', name: 'merge' });
}
