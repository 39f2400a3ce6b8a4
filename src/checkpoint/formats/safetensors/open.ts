/** Quantized safetensors folders: the headers are read, and each way of quantizing takes what is its own. */
import type { ByteSource, CheckpointFiles } from '../../byte-source.ts';
import { readRange } from '../../byte-source.ts';
import { asObject, namedWeights, optionalObject } from '../../config-hints.ts';
import { isRead } from '../../dtype.ts';
import type { WeightFile } from '../../fingerprint.ts';
import { readHeader, type UnreadTensor } from '../../header.ts';
import { mapInFlight } from '../../../work/in-flight.ts';
import { NamedError } from '../../../named-error.ts';
import {
  checkNotQuantized,
  type DeclaredQuantization,
  declaredQuantization,
  QUANTIZER_FILES,
} from '../../quantization.ts';
import { readShardIndex } from '../../shard-index.ts';
import { canonicalName } from '../../tensor-name.ts';
import { checkInputsAsTheyAre } from '../../turned-inputs.ts';
import { unreadNotices } from '../../unread-tensors.ts';
import { findWeights, type Notice, shardsOf, weightNotices } from '../../weight-files.ts';
import { bitsandbytes } from '../bitsandbytes/claim.ts';
import type { AnyEncoded } from '../codecs.ts';
import { compressedIntegers } from '../compressed-tensors/integers.ts';
import { fp4 } from '../float/fp4.ts';
import { fp8 } from '../float/fp8.ts';
import { packedWeights } from '../gptq-awq/quantization.ts';
import { plainDtypeOf } from '../plain-dtype.ts';
import type { OpenedFormat, StoredFormat } from '../stored-format.ts';
import { partOf } from './parts.ts';
import type { Claimed, FileTensor, Quantization } from './quantization.ts';
import { roundedInputs } from './rounded-inputs.ts';
import { skippedModules } from './skipped-modules.ts';

const CONFIG_FILE = 'config.json';

/** Asked in this order, each of what is left. */
const QUANTIZATIONS: readonly Quantization[] = [
  ...[packedWeights, compressedIntegers],
  ...[fp8, fp4, bitsandbytes],
];

interface Opened extends WeightFile {
  readonly tensors: readonly FileTensor[];
}

interface OpenedFiles {
  readonly weights: readonly Opened[];
  /** Of the choice of files. */
  readonly notices: readonly Notice[];
}

export const quantizedSafetensors: StoredFormat = {
  open: async (files, signal): Promise<OpenedFormat | null> => {
    const opened = await openedOrPlain(files, signal);
    if (opened === null) return null;
    const { weights } = opened;
    const declared = await declaredQuantization(files);
    const all = weights.flatMap(({ tensors }) => tensors);
    const left = new Map(all.map((tensor) => [tensor.storedName, tensor]));
    const read = ({ file, storedName, start, end }: FileTensor): Promise<Uint8Array<ArrayBuffer>> =>
      readRange(files.get(file) as ByteSource, start, end, { file, tensor: storedName });
    const claims: Claimed[] = [];
    for (const quantization of QUANTIZATIONS) {
      const claimed = await quantization.claim(left, declared, read);
      if (!claimed) continue;
      claims.push(claimed);
      for (const name of claimed.used) left.delete(name);
    }
    if (claims.length === 0) return null;
    checkUnique(all);
    const label = claims.map((claim) => claim.label).join('; ');
    const plain = plainTensors(
      [...left.values()],
      declared ?? { ...UNDECLARED, file: all[0]?.file ?? '', label },
    );
    const tensors = eachOnce([...claims.flatMap((claim) => claim.tensors), ...plain.tensors]);
    checkInputsAsTheyAre(
      new Set([...tensors, ...left.values()].map(({ storedName }) => canonicalName(storedName))),
      declared,
    );
    return {
      label,
      tensors,
      weightFiles: weights,
      ...(await plainDtypeOf(files)),
      smallFiles: await plainSmallFiles(files),
      notices: [
        ...opened.notices,
        ...roundedInputs(declared),
        ...skippedModules(declared, tensors),
        ...claims.flatMap(({ notices }) => notices),
        ...plain.notices,
      ],
    };
  },
};

/** Every header; null where the folder holds no safetensors that can be read, which whoever opens it then says. */
async function openedOrPlain(files: CheckpointFiles, signal?: AbortSignal): Promise<OpenedFiles | null> {
  try {
    return await openWeightFiles(files, signal);
  } catch (error) {
    if (!(error instanceof NamedError) || error.name === 'Cancelled') throw error;
    return null;
  }
}

async function openWeightFiles(files: CheckpointFiles, signal?: AbortSignal): Promise<OpenedFiles> {
  const named = namedWeights(await optionalObject(files, CONFIG_FILE));
  const layout = findWeights(files, named);
  const index = files.get(layout.file) as ByteSource;
  const names =
    layout.kind === 'sharded' ? shardsOf(await readShardIndex(index, layout.file), files) : [layout.file];
  const open = async (file: string): Promise<Opened> => {
    const source = files.get(file) as ByteSource;
    const { bytes, tensors, unread } = await readHeader(source, file);
    const all = [...tensors, ...unread];
    return { file, source, header: { bytes, tensors: all }, tensors: all };
  };
  const weights = await mapInFlight(names, open, signal);
  return { weights, notices: weightNotices(files, layout, names, named) };
}

/** A weight may lie there as it is, besides its codes. @throws NamedError `DuplicateTensor`, `InvalidTensor` for a name that no file can hold */
function eachOnce(tensors: readonly AnyEncoded[]): readonly AnyEncoded[] {
  const seen = new Set<string>();
  for (const { storedName, parts } of tensors) {
    const [{ file } = { file: '' }] = Object.values(parts);
    const place = { file, tensor: storedName };
    const remedy = 'it is unclear which of them counts: save the checkpoint again';
    if (seen.has(storedName)) {
      throw new NamedError('DuplicateTensor', 'it is there twice, quantized and otherwise', place, remedy);
    }
    if (!storedName.isWellFormed()) {
      throw new NamedError('InvalidTensor', 'its name is not well-formed Unicode', place, 'save it again');
    }
    seen.add(storedName);
  }
  return tensors;
}

/** config.json without its words on quantization, which would be copied beside plain weights; no file of a quantizer. */
async function plainSmallFiles(files: CheckpointFiles): Promise<Map<string, string | null>> {
  const small = new Map<string, string | null>(QUANTIZER_FILES.map((name) => [name, null]));
  const config = withoutQuantization(await optionalObject(files, CONFIG_FILE));
  const text = asObject(config['text_config']);
  const plain = text ? { ...config, text_config: withoutQuantization(text) } : config;
  if (files.has(CONFIG_FILE)) small.set(CONFIG_FILE, `${JSON.stringify(plain, null, 2)}\n`);
  return small;
}

function withoutQuantization(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const said = ['quantization_config', 'compression_config', 'quantization', 'transformers_weights'];
  return Object.fromEntries(Object.entries(config).filter(([key]) => !said.includes(key)));
}

/** @throws NamedError `DuplicateTensor`: the index, which would say which of two counts, says nothing of codes and scales */
function checkUnique(tensors: readonly FileTensor[]): void {
  const files = new Map<string, string>();
  for (const { storedName, file } of tensors) {
    const other = files.get(storedName);
    if (other !== undefined) {
      throw new NamedError(
        'DuplicateTensor',
        `it lies in ${other} and again in ${file}`,
        { file, tensor: storedName },
        'the shards are of more than one save: use those that were saved together',
      );
    }
    files.set(storedName, file);
  }
}

/** Of a folder that shows what it is and says nothing. */
const UNDECLARED = { field: 'dtype', method: '', said: {} };

/**
 * What nobody claimed, which has to be plain: beside codes and scales that were understood, none that were not may pass for weights.
 *
 * @throws NamedError `QuantizedWeights` for codes and scales, `UnknownDtype` for a weight of the model in a dtype that is not read
 */
function plainTensors(
  left: readonly FileTensor[],
  declared: DeclaredQuantization,
): Pick<OpenedFormat, 'tensors' | 'notices'> {
  const named = left.map(({ storedName, dtype, file }) => ({ name: canonicalName(storedName), dtype, file }));
  checkNotQuantized(named, declared);
  const notices = unreadNotices(left.filter((tensor): tensor is UnreadTensor => !isRead(tensor.dtype)));
  const tensors = left.flatMap((tensor): AnyEncoded[] => {
    const { storedName, shape, dtype } = tensor;
    if (!isRead(dtype)) return [];
    return [{ codec: 'stored', storedName, shape, coding: { dtype }, parts: { values: partOf(tensor) } }];
  });
  return { tensors, notices };
}
