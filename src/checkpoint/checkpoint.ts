import { NamedError } from '../named-error.ts';
import type { ByteSource, CheckpointFiles } from './byte-source.ts';
import { readRange } from './byte-source.ts';
import { namedWeights, optionalObject } from './config-hints.ts';
import type { UnreadDtype } from './dtype.ts';
import { DecodedFolder, storedFiles } from './formats/decoded-folder.ts';
import { storedBytes } from './formats/encoded.ts';
import { fingerprint } from './fingerprint.ts';
import type { SafetensorsHeader, StoredTensor } from './header.ts';
import { readHeader } from './header.ts';
import { mapInFlight } from '../work/in-flight.ts';
import { MAX_TENSORS, overLimit } from './limits.ts';
import { indexNotices } from './index-agreement.ts';
import { checkNotQuantized, declaredQuantization } from './quantization.ts';
import { readShardIndex } from './shard-index.ts';
import { canonicalName } from './tensor-name.ts';
import { checkInputsAsTheyAre } from './turned-inputs.ts';
import { unreadNotices } from './unread-tensors.ts';
import type { Notice } from './weight-files.ts';
import { findWeights, shardsInstead, shardsOf, weightNotices } from './weight-files.ts';

const CONFIG_FILE = 'config.json';

/** A stored tensor under its canonical name. */
export interface TensorEntry extends StoredTensor {
  readonly name: string;
  /** Of values that are decoded from something else: what a plain checkpoint is written in. Left out where that is `dtype`. */
  readonly plainDtype?: 'BF16' | 'F16' | 'F32';
}

interface OpenedFile {
  readonly file: string;
  readonly source: ByteSource;
  readonly header: SafetensorsHeader;
}

/** An opened checkpoint: a value that knows where every tensor lies. It holds no weights. */
export interface Checkpoint {
  readonly name: string;
  readonly files: CheckpointFiles;
  /** By canonical name, in the order of the weight files and of the bytes within each. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Dtypes, by canonical name, of tensors that lie there and cannot be read; none is a weight of the model. */
  readonly unread: ReadonlyMap<string, UnreadDtype>;
  /** The files the weights lie in, in reading order. */
  readonly weightFiles: readonly string[];
  readonly notices: readonly Notice[];
  /** Sum of all tensors' bytes, as they are stored. */
  readonly bytes: number;
  /** See `fingerprint`. */
  readonly fingerprint: string;
  /** Places at which the fingerprint compares the weights. */
  readonly spots: number;
  /** What the weights are stored in, where that is no plain safetensors: "GPTQ, 4 bits in groups of 128". */
  readonly format?: string;
  /** Of an adapter, the fingerprint of the base that it was put on. */
  readonly adapterOf?: string;
  /** Whether the head is the embedding, whatever else is stored; undefined until config.json was asked (`resolveHead`). */
  readonly tiedHead?: boolean;
}

export interface OpenOptions {
  /** What to call it; default "checkpoint". */
  readonly name?: string;
  readonly signal?: AbortSignal;
  /** Called after each weight file whose header was read and found valid. */
  readonly onProgress?: (progress: { readonly filesDone: number; readonly filesTotal: number }) => void;
}

/**
 * Opens a checkpoint folder: finds the weight files, reads and checks every header (several in flight), holds the
 * index against the shards, and fingerprints the whole. Reads headers and samples only, whatever the size.
 *
 * @throws NamedError those of `findWeights`, `readShardIndex`, `shardsOf`, `readHeader`, `checkNotQuantized`,
 * `indexNotices` and `readRange`; `OverLimit` for more than 20,000 tensors; `UnknownDtype` where a weight of the model is of a dtype that is not read;
 * `NameCollision` when two stored names mean the same tensor; `Cancelled`.
 */
export async function openCheckpoint(files: CheckpointFiles, options: OpenOptions = {}): Promise<Checkpoint> {
  const { name = 'checkpoint', signal, onProgress } = options;
  const named = namedWeights(await optionalObject(files, CONFIG_FILE));
  const layout = findWeights(files, named);
  const index =
    layout.kind === 'sharded' ? await readShardIndex(sourceOf(files, layout.file), layout.file) : null;
  const weightFiles = index === null ? [layout.file] : shardsOf(index, files);

  let filesDone = 0;
  let tensorsFound = 0;
  const open = async (file: string): Promise<OpenedFile> => {
    const source = sourceOf(files, file);
    const header = await readHeader(source, file);
    filesDone += 1;
    tensorsFound += header.tensors.length + header.unread.length;
    if (tensorsFound > MAX_TENSORS)
      throw overLimit('tensors', `${tensorsFound} or more`, MAX_TENSORS, { file });
    onProgress?.({ filesDone, filesTotal: weightFiles.length });
    return { file, source, header };
  };
  const weights = await mapInFlight(weightFiles, open, signal);
  const stored = weights.flatMap(({ header }) => header.tensors);
  const unread = weights.flatMap(({ header }) => header.unread);
  const all = [...stored, ...unread].map((tensor) => ({ ...tensor, name: canonicalName(tensor.storedName) }));
  const declared = await declaredQuantization(files);
  const notices = [
    ...weightNotices(files, layout, weightFiles, named),
    ...checkNotQuantized(all, declared, shardsInstead(files, layout)),
    ...(index === null ? [] : indexNotices(index, all)),
    ...unreadNotices(unread),
  ];

  checkInputsAsTheyAre(new Set(all.map((tensor) => tensor.name)), declared);
  const format = files instanceof DecodedFolder ? files.format : null;
  const { value, spots } = format
    ? await fingerprint(
        format.weightFiles,
        storedFiles(files).get(CONFIG_FILE),
        signal,
        JSON.stringify(format.tensors),
      )
    : await fingerprint(weights, files.get(CONFIG_FILE), signal);
  return {
    name,
    files,
    tensors: withPlainDtype(byCanonicalName(stored), files),
    unread: new Map(unread.map(({ storedName, dtype }) => [canonicalName(storedName), dtype])),
    weightFiles,
    notices: format ? [...format.notices, ...notices] : notices,
    ...(format ? { format: format.label } : {}),
    ...(format?.adapterOf === undefined ? {} : { adapterOf: format.adapterOf }),
    bytes: (format?.tensors.map(storedBytes) ?? stored.map(({ bytes }) => bytes)).reduce(
      (sum, bytes) => sum + bytes,
      0,
    ),
    fingerprint: value,
    spots,
  };
}

/**
 * Reads one tensor's bytes, or `range` of them (relative to the tensor, e.g. rows), straight from the file.
 *
 * @throws NamedError `FileUnreadable` or `FileChanged`; RangeError for a range outside the tensor.
 */
export async function readTensorBytes(
  checkpoint: Pick<Checkpoint, 'files'>,
  entry: TensorEntry,
  range: { readonly start: number; readonly end: number } = { start: 0, end: entry.bytes },
): Promise<Uint8Array<ArrayBuffer>> {
  const { start, end } = range;
  if (!(start >= 0 && start <= end && end <= entry.bytes)) {
    throw new RangeError(`bytes ${start} to ${end} are not inside the ${entry.bytes} of ${entry.name}`);
  }
  const place = { file: entry.file, tensor: entry.name };
  return readRange(sourceOf(checkpoint.files, entry.file), entry.start + start, entry.start + end, place);
}

function sourceOf(files: CheckpointFiles, file: string): ByteSource {
  const source = files.get(file);
  if (source !== undefined) return source;
  throw new NamedError('MissingFile', 'the file is not in the folder', { file }, 'choose the folder again');
}

function withPlainDtype(
  tensors: ReadonlyMap<string, TensorEntry>,
  files: CheckpointFiles,
): ReadonlyMap<string, TensorEntry> {
  if (!(files instanceof DecodedFolder)) return tensors;
  const { weights, format } = files;
  const plainDtype = format.plainDtype ?? 'BF16';
  const isDecoded = ({ start }: TensorEntry): boolean => weights.tensorAt(start)?.tensor.codec !== 'stored';
  return new Map(
    [...tensors].map(([name, entry]) => [name, isDecoded(entry) ? { ...entry, plainDtype } : entry]),
  );
}

function byCanonicalName(stored: readonly StoredTensor[]): ReadonlyMap<string, TensorEntry> {
  const tensors = new Map<string, TensorEntry>();
  for (const tensor of stored) {
    const name = canonicalName(tensor.storedName);
    const other = tensors.get(name);
    if (other !== undefined) {
      throw new NamedError(
        'NameCollision',
        `${other.storedName} (${other.file}) and ${tensor.storedName} (${tensor.file}) are the same tensor`,
        { tensor: name },
        'it is unclear which of the two counts: save the checkpoint again under one spelling',
      );
    }
    tensors.set(name, { ...tensor, name });
  }
  return tensors;
}
