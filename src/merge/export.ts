/** Writes a merge as a Hugging Face folder, from the donors' files to a sink, never holding more than some pieces. */
import type { ByteSource } from '../checkpoint/byte-source.ts';
import { readRange } from '../checkpoint/byte-source.ts';
import type { LongWork } from '../work/long-work.ts';
import { HashedReading, type ReadHashes } from './folder/hashed-reading.ts';
import type { DonorFolders } from './folder/tensor-values.ts';
import { measureNoise } from './measure.ts';
import { mergeIdentity, sourceDates } from './output/merge-identity.ts';
import { MergeRecord } from './output/merge-record.ts';
import { PIECE_BYTES, PieceHash } from './output/piece-hash.ts';
import { checkSpace } from './output/space.ts';
import { isWeightFile } from './output/weight-files.ts';
import type { MergePlan } from './plan/plan.ts';
import { exportedFolder, type ExportOptions } from './quantize/quantized-folder.ts';
import type { FileSink, FolderSink } from './sinks/sink.ts';
import { abortable, isCancelled, throwIfCancelled } from '../work/cancel.ts';

/** What becomes of files whose weights are others now. */
const AGAIN = 'what was written earlier is written again';

/** How many pieces are under way: 16 MB held, and milliseconds of work between two of them. */
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

export type ExportWork = LongWork<number> &
  ExportOptions & {
    /** What is remembered of the donors' weights; without it they are hashed for this export alone. */
    readonly weights?: WeightsMemory;
    /** Told in sentences what was found in the folder, and what stays in it where the export is cut off. */
    onNotice?(notice: string): void;
    /** A cancel is no end but a pause, as Ctrl+C is: what is whole stays. Without it that is so only of what an earlier run began. */
    readonly pausable?: boolean;
  };

/** What weights held when they were read, by the fingerprint of their checkpoint; `WeightsWatch` behind it. */
export interface WeightsMemory {
  /** Hashes (`TensorHash`) by canonical name. */
  known(fingerprint: string): Promise<ReadonlyMap<string, string>>;
  /** Takes hashes of tensors that were read whole. @returns what was withdrawn by that, in a sentence; null where they agree */
  note(fingerprint: string, hashes: ReadonlyMap<string, string>): Promise<string | null>;
}

/**
 * Exports a merge: measures noise where there is any, then copies the merged folder file by file into the sink, index
 * and config.json last. A folder that outlives the run (`sink.kept`) gets a record of what is whole in it: the same export into
 * it goes on, after a kill or a full disk. What is not whole is removed on failure, and everything where no file of weights is
 * whole or the export is given up. Tensors are hashed as they are read. Where one is not what is remembered of it, that is
 * withdrawn and told, and what an earlier run wrote is written again.
 *
 * @param work records are the deviations of tensors with noise, see `measureNoise`
 * @throws NamedError `Cancelled`, `FolderNotEmpty`, `DiskFull`, those of reading, computing and of the sink
 */
export async function exportMerge(
  plan: MergePlan,
  folders: DonorFolders,
  sink: FolderSink,
  work: ExportWork = {},
): Promise<ExportReport> {
  const record = await beginRecord(plan, folders, sink, work);
  try {
    return await writeFiles(plan, folders, sink, record, work);
  } catch (error) {
    // Whatever tidying up meets: this error is the one to be told.
    await keepFinished(sink, record, error, work).catch(() => undefined);
    throw error;
  }
}

/** Nothing is taken back where this fails: what is in the folder is not of this export. */
async function beginRecord(
  plan: MergePlan,
  folders: DonorFolders,
  { kept }: FolderSink,
  work: ExportWork,
): Promise<MergeRecord | null> {
  if (!kept) return null;
  const names = new Set(exportedFolder(plan, folders, work).keys());
  return MergeRecord.begin(kept, await mergeIdentity(plan, folders, work), names, sourceDates(folders));
}

async function writeFiles(
  plan: MergePlan,
  folders: DonorFolders,
  sink: FolderSink,
  record: MergeRecord | null,
  work: ExportWork,
): Promise<ExportReport> {
  const stale = record ? await staleness(plan, record, work) : null;
  if (stale !== null && (await record?.startOver())) work.onNotice?.(`${stale}: ${AGAIN}`);
  const { whole, spoilt } = record ? await record.check(work) : { whole: new Set<string>(), spoilt: [] };
  for (const name of spoilt) work.onNotice?.(`${name} is not as it was written earlier: it is written again`);
  const goesOn = whole.size > 0 || (record?.deviations.size ?? 0) > 0;
  const measured = await measureNoise(plan, folders, record ? recorded(work, record) : work);
  const reading = new HashedReading(measured, folders);
  const folder = exportedFolder(measured, reading.folders, work);
  const files = [...folder].map(([name, { size }]) => ({ name, bytes: size }));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const missing = files.filter(({ name }) => !whole.has(name));
  reportFinished(files, whole, work);
  const total = missing.reduce((sum, file) => sum + file.bytes, 0);
  await checkSpace(sink.kept, total, work);
  let done = 0;
  const report = (written: number): void => {
    done += written;
    work.onProgress?.({ phase: 'writing', done, total, unit: 'bytes' });
  };
  for (const [index, { name, bytes: size }] of missing.entries()) {
    throwIfCancelled(work.signal);
    await record?.next(name);
    const file = await sink.open(name);
    const checksum = await copy(folder.get(name) as ByteSource, name, file, work.signal, report);
    await file.close();
    const read = reading.take();
    await record?.finished({ name, bytes: size, checksum }, read, missing[index + 1]?.name ?? null);
    const withdrawn = await remember(plan, read, work);
    if (withdrawn === null) continue;
    work.onNotice?.(withdrawn);
    // What an earlier run wrote, or measured, may be of the weights as they were.
    if (goesOn && (await record?.startOver())) {
      work.onNotice?.(`weights of a donor changed since this merge was begun: ${AGAIN}`);
      return writeFiles(plan, folders, sink, record, work);
    }
  }
  throwIfCancelled(work.signal);
  await record?.end();
  await sink.finish();
  return { plan: measured, files, bytes };
}

/** Why what an earlier run wrote is not to be gone on with; null where it is. */
async function staleness(plan: MergePlan, record: MergeRecord, work: ExportWork): Promise<string | null> {
  if (record.hasOtherDates) return 'weights of a donor have another date than when this merge was begun';
  for (const { name, fingerprint } of plan.donors) {
    const read = Object.entries(record.read[name] ?? {});
    const known = read.length > 0 ? await work.weights?.known(fingerprint) : undefined;
    const [tensor] = read.find(([one, hash]) => (known?.get(one) ?? hash) !== hash) ?? [];
    if (tensor !== undefined) return `${tensor} of ${name} was read otherwise since this merge was begun`;
  }
  return null;
}

/** Tells what was read. @returns what was withdrawn by it, in sentences; null where nothing was */
async function remember({ donors }: MergePlan, read: ReadHashes, work: ExportWork): Promise<string | null> {
  const withdrawn: string[] = [];
  for (const { name, fingerprint } of donors) {
    const hashes = new Map(Object.entries(read[name] ?? {}));
    const sentence = hashes.size > 0 ? await work.weights?.note(fingerprint, hashes) : null;
    if (sentence) withdrawn.push(sentence);
  }
  return withdrawn.length > 0 ? withdrawn.join(' ') : null;
}

/** Deviations that an earlier run measured are taken over, and new ones kept. */
function recorded(work: ExportWork, record: MergeRecord): ExportWork {
  return {
    ...work,
    finished: new Map([...(work.finished ?? []), ...record.deviations]),
    async onRecord(tensor, deviation) {
      await record.measured(tensor, deviation);
      await work.onRecord?.(tensor, deviation);
    },
  };
}

function reportFinished(files: readonly ExportedFile[], whole: ReadonlySet<string>, work: ExportWork): void {
  const weights = files.filter(({ name }) => isWeightFile(name));
  const earlier = weights.filter(({ name }) => whole.has(name)).length;
  if (earlier > 0)
    work.onNotice?.(`going on: ${earlier} of ${weights.length} weight files were written earlier`);
}

/** What is whole stays for a later run, where it is worth one. */
async function keepFinished(
  sink: FolderSink,
  record: MergeRecord | null,
  error: unknown,
  work: ExportWork,
): Promise<void> {
  const cancelled = isCancelled(error);
  const givenUp = cancelled && work.pausable !== true && record?.goesOn !== true;
  const keep = !givenUp && (record?.isWorthKeeping ?? false);
  await sink.discard(keep || !record ? [] : await record.forget());
  if (!keep || !record || !sink.kept) return;
  const { weightFiles } = record;
  const { place } = await sink.kept.space();
  work.onNotice?.(
    `${weightFiles} whole weight file${weightFiles === 1 ? ' stays' : 's stay'} in "${place}": the same merge ` +
      'into it goes on from there; delete the folder to give it up',
  );
}

/** Reads ahead while the sink writes; pieces arrive in order. Resolves to the checksum of what was written. */
async function copy(
  source: ByteSource,
  name: string,
  file: FileSink,
  signal: AbortSignal | undefined,
  report: (bytes: number) => void,
): Promise<string> {
  const under: Promise<Uint8Array<ArrayBuffer>>[] = [];
  const hash = new PieceHash();
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
    const reading = piece;
    const bytes = await abortable(() => reading, signal);
    readOn();
    const hashed = hash.add(bytes);
    await abortable(() => file.write(bytes), signal);
    await hashed;
    report(bytes.length);
  }
  return hash.digest();
}
