/** Quantized safetensors folders: the headers are read, and each way of quantizing takes what is its own. */
import type { ByteSource, CheckpointFiles } from '../../byte-source.ts';
import { readRange } from '../../byte-source.ts';
import { asObject, namedWeights, optionalObject } from '../../config-hints.ts';
import { isRead } from '../../dtype.ts';
import type { WeightFile } from '../../fingerprint.ts';
import { readHeader } from '../../header.ts';
import { mapInFlight } from '../../../work/in-flight.ts';
import { NamedError } from '../../../named-error.ts';
import { declaredQuantization, QUANTIZER_FILES } from '../../quantization.ts';
import { readShardIndex } from '../../shard-index.ts';
import { findWeights, shardsOf } from '../../weight-files.ts';
import type { AnyEncoded } from '../codecs.ts';
import { compressedIntegers } from '../compressed-tensors/integers.ts';
import { packedWeights } from '../gptq-awq/quantization.ts';
import type { OpenedFormat, StoredFormat } from '../stored-format.ts';
import type { Claimed, FileTensor, Quantization } from './quantization.ts';

const CONFIG_FILE = 'config.json';

/** Asked in this order, each of what is left. */
const QUANTIZATIONS: readonly Quantization[] = [packedWeights, compressedIntegers];

interface Opened extends WeightFile {
  readonly tensors: readonly FileTensor[];
}

export const quantizedSafetensors: StoredFormat = {
  open: async (files, signal): Promise<OpenedFormat | null> => {
    const weights = await openedOrPlain(files, signal);
    if (weights === null) return null;
    const declared = await declaredQuantization(files);
    const left = new Map(
      weights.flatMap(({ tensors }) => tensors).map((tensor) => [tensor.storedName, tensor]),
    );
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
    return {
      label: claims.map(({ label }) => label).join('; '),
      tensors: [...claims.flatMap(({ tensors }) => tensors), ...plainTensors(left)],
      weightFiles: weights,
      ...(await plainDtypeOf(files)),
      smallFiles: await plainSmallFiles(files),
      notices: claims.flatMap(({ notices }) => notices),
    };
  },
};

/** Every header; null where the folder holds no safetensors that can be read, which whoever opens it then says. */
async function openedOrPlain(
  files: CheckpointFiles,
  signal?: AbortSignal,
): Promise<readonly Opened[] | null> {
  try {
    return await openWeightFiles(files, signal);
  } catch (error) {
    if (!(error instanceof NamedError) || error.name === 'Cancelled') throw error;
    return null;
  }
}

async function openWeightFiles(files: CheckpointFiles, signal?: AbortSignal): Promise<readonly Opened[]> {
  const layout = findWeights(files, namedWeights(await optionalObject(files, CONFIG_FILE)));
  const index = files.get(layout.file) as ByteSource;
  const names =
    layout.kind === 'sharded' ? shardsOf(await readShardIndex(index, layout.file), files) : [layout.file];
  const open = async (file: string): Promise<Opened> => {
    const source = files.get(file) as ByteSource;
    const { bytes, tensors, unread } = await readHeader(source, file);
    const all = [...tensors, ...unread];
    return { file, source, header: { bytes, tensors: all }, tensors: all };
  };
  return mapInFlight(names, open, signal);
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

async function plainDtypeOf(files: CheckpointFiles): Promise<Pick<OpenedFormat, 'plainDtype'>> {
  const config = await optionalObject(files, CONFIG_FILE);
  const text = asObject(config['text_config']) ?? {};
  const said = [config['dtype'], config['torch_dtype'], text['dtype'], text['torch_dtype']];
  const known = { bfloat16: 'BF16', float16: 'F16', float32: 'F32' } as const;
  const name = said.find(
    (value): value is keyof typeof known => typeof value === 'string' && Object.hasOwn(known, value),
  );
  return name === undefined ? {} : { plainDtype: known[name] };
}

function withoutQuantization(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const said = ['quantization_config', 'compression_config', 'quantization', 'transformers_weights'];
  return Object.fromEntries(Object.entries(config).filter(([key]) => !said.includes(key)));
}

/** What nobody claimed. Of a dtype that is not read there is nothing to decode: the file is refused as a plain one would be. */
function plainTensors(left: ReadonlyMap<string, FileTensor>): AnyEncoded[] {
  return [...left.values()].flatMap((tensor) => {
    const { storedName, shape, file, start, end, dtype } = tensor;
    if (!isRead(dtype)) return [];
    const values = { file, name: storedName, dtype, shape, start, end };
    return [{ codec: 'stored' as const, storedName, shape, coding: { dtype }, parts: { values } }];
  });
}
