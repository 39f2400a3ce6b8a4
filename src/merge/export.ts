/** Writes a merge as a Hugging Face folder, from the donors' files to a sink, never holding more than some pieces. */
import type { ByteSource } from '../checkpoint/byte-source.ts';
import { readRange } from '../checkpoint/byte-source.ts';
import { throwIfCancelled } from '../checkpoint/in-flight.ts';
import { NamedError } from '../named-error.ts';
import type { LongWork } from '../study/work.ts';
import type { FolderOptions } from './folder/merged-folder.ts';
import { MergedFolder } from './folder/merged-folder.ts';
import type { DonorFolders } from './folder/tensor-values.ts';
import { measureNoise } from './measure.ts';
import type { MergePlan } from './plan/plan.ts';
import type { FileSink, FolderSink } from './sinks/sink.ts';

/** Bytes of one read, and how many are under way: 16 MB held, and milliseconds of work between two of them. */
const PIECE_BYTES = 4 * 2 ** 20;
const PIECES_IN_FLIGHT = 4;

export interface ExportedFile {
  readonly name: string;
  readonly bytes: number;
}

export interface ExportReport {
  /** The plan as carried out, with measured deviations. */
  readonly plan: MergePlan;
  /** In the order they were written. */
  readonly files: readonly ExportedFile[];
  readonly bytes: number;
}

/**
 * Exports a merge: measures noise where there is any, then copies the merged folder file by file into the sink, index
 * and config.json last. On failure or cancel the sink is told to discard what it has.
 *
 * @param work records are the deviations of tensors with noise, see `measureNoise`
 * @throws NamedError `Cancelled`, those of reading, computing and of the sink
 */
export async function exportMerge(
  plan: MergePlan,
  folders: DonorFolders,
  sink: FolderSink,
  work: LongWork<number> & FolderOptions = {},
): Promise<ExportReport> {
  try {
    const measured = await measureNoise(plan, folders, work);
    const folder = new MergedFolder(measured, folders, work);
    const files = [...folder].map(([name, { size }]) => ({ name, bytes: size }));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    let done = 0;
    const report = (written: number): void => {
      done += written;
      work.onProgress?.({ phase: 'writing', done, total: bytes, unit: 'bytes' });
    };
    for (const [name, source] of folder) {
      throwIfCancelled(work.signal);
      const file = await sink.open(name);
      await copy(source, name, file, work.signal, report);
      await file.close();
    }
    throwIfCancelled(work.signal);
    await sink.finish();
    return { plan: measured, files, bytes };
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

/** Reads ahead while the sink writes; pieces arrive in order. */
async function copy(
  source: ByteSource,
  name: string,
  file: FileSink,
  signal: AbortSignal | undefined,
  report: (bytes: number) => void,
): Promise<void> {
  const under: Promise<Uint8Array<ArrayBuffer>>[] = [];
  let next = 0;
  const readOn = (): void => {
    if (next >= source.size) return;
    const end = Math.min(source.size, next + PIECE_BYTES);
    const piece = readRange(source, next, end, { file: name });
    // Its failure is met where the piece is awaited, which may be never.
    piece.catch(() => undefined);
    under.push(piece);
    next = end;
  };
  for (let i = 0; i < PIECES_IN_FLIGHT; i += 1) readOn();
  for (let piece = under.shift(); piece; piece = under.shift()) {
    const bytes = await unlessCancelled(piece, signal);
    readOn();
    await unlessCancelled(file.write(bytes), signal);
    report(bytes.length);
  }
}

/** `promise`, or `Cancelled` at once when that comes first: a slow disk does not hold up the cancel. */
async function unlessCancelled<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  throwIfCancelled(signal);
  let stop = (): void => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    stop = () => reject(new NamedError('Cancelled', 'cancelled', {}, ''));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, cancelled]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
