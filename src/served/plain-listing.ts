/** The files of a checkpoint on a server that lists nothing: those that a checkpoint's own files name, and those it may have. */
import { readShardIndex, INDEX_FILE } from '../checkpoint/shard-index.ts';
import { NamedError } from '../named-error.ts';
import { Passing } from '../remote/retry.ts';
import { mapInFlight } from '../work/in-flight.ts';
import { withoutEnd } from '../trim.ts';
import type { Place } from './address.ts';
import type { ListedFile, ListedFolder } from './listing.ts';
import { parts, RangedFile, versionOf } from './ranged-file.ts';
import { type Answer, checkStatus, type Server } from './server.ts';

type Folder = Extract<Place, { kind: 'folder' }>;

/** What may lie beside the weights, as transformers, peft and quantizers write it. */
const BESIDE = [
  ...['config.json', 'generation_config.json', 'adapter_config.json'],
  ...['quantization_config.json', 'quantize_config.json', 'hf_quant_config.json'],
  ...['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json'],
  ...['vocab.json', 'merges.txt', 'chat_template.json', 'chat_template.jinja'],
  ...['preprocessor_config.json', 'video_preprocessor_config.json', 'processor_config.json'],
];
const WEIGHTS = ['model.safetensors', 'adapter_model.safetensors'];
/** Of a file whose length no header says: it is counted. */
const MOST_COUNTED = 64 * 2 ** 20;
const FIRST_BYTES = 64 * 1024;

/**
 * Asks for each file's first bytes: that says its length and version, and whether ranges can be had.
 *
 * @throws NamedError `NotOnServer` where no weights lie there, those of `readShardIndex`, `RangedFile.read`, `Server.ask` and
 * `checkStatus`
 */
export async function listFolder(
  place: Folder,
  server: Server,
  signal?: AbortSignal,
): Promise<readonly ListedFolder[]> {
  const { base, file } = place;
  const weights =
    file !== undefined && !file.endsWith('.json') ? [file] : await weightsAt(place, server, signal);
  const named = new Set([...weights, ...BESIDE]);
  const wanted = new Set(weights);
  const found = await mapInFlight(
    [...named],
    (name) => probe(place, name, server, wanted.has(name), signal),
    signal,
    8,
  );
  const files = found.filter((one) => one !== null);
  const bytes = files.reduce((sum, one) => sum + one.bytes, 0);
  const path = withoutEnd(base.pathname, /\//);
  const name = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)) || base.host;
  return [{ name, files, bytes, commit: null }];
}

/** The index and the shards that it names, else the weight files of usual names. */
async function weightsAt(place: Folder, server: Server, signal?: AbortSignal): Promise<readonly string[]> {
  const { base, file } = place;
  const index = file?.endsWith('.index.json') ? file : INDEX_FILE;
  const found = await probe(place, index, server, index === file, signal);
  if (found) {
    const { url, bytes, version } = found;
    const text = await new RangedFile(index, url, bytes, server, version).read(0, bytes, signal);
    const { weightMap } = await readShardIndex(new File([text], index), index);
    return [index, ...new Set(weightMap.values())];
  }
  const single = await mapInFlight(WEIGHTS, (name) => probe(place, name, server, false, signal), signal);
  const there = WEIGHTS.filter((_, at) => single[at] !== null);
  if (there.length > 0) return there;
  throw new NamedError(
    'NotOnServer',
    `none of ${[INDEX_FILE, ...WEIGHTS].join(', ')} is there`,
    { file: base.href },
    'give the folder that holds config.json and the weights, or the address of a .safetensors or .gguf file in it',
  );
}

/** Null where it is not there and need not be. Stores say 403 of what is not there, and some hosts send their own page for it. */
async function probe(
  { base, search }: Folder,
  name: string,
  server: Server,
  needed: boolean,
  signal?: AbortSignal,
): Promise<ListedFile | null> {
  const url = new URL(encodeURIComponent(name) + search, base);
  const take = async (answer: Answer): Promise<ListedFile | null> => {
    const { response } = answer;
    if (!needed && [403, 404, 410].includes(response.status)) return null;
    const empty =
      response.status === 416 && /^bytes \*\/0$/.test(response.headers.get('content-range') ?? '');
    if (!empty) checkStatus(response, name);
    const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
    if (isPage && needed)
      throw new NamedError(
        'NotOnServer',
        'a web page came in its place',
        { file: name },
        'check the address',
      );
    if (isPage) return null;
    const bytes = empty ? 0 : await lengthOf(answer, name, signal);
    return { path: name, url, bytes, version: versionOf(response) };
  };
  const request = { url, headers: { Range: `bytes=0-${FIRST_BYTES - 1}` } };
  return server.ask(() => request, take, name, signal);
}

async function lengthOf(answer: Answer, name: string, signal?: AbortSignal): Promise<number> {
  const { response } = answer;
  const [, total] = /^bytes 0-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  if (total !== undefined) return Number(total);
  const length = response.headers.get('content-length');
  if (response.status === 200 && length !== null) return Number(length);
  let counted = 0;
  for await (const part of parts(response, signal)) {
    counted += part.length;
    answer.heard(part.length);
    if (response.status === 206 && counted === FIRST_BYTES) break;
    if (counted > MOST_COUNTED) break;
  }
  if (counted === 0) throw new Passing('nothing came');
  // A part that is shorter than what was asked for is the whole.
  if (counted <= MOST_COUNTED && !(response.status === 206 && counted === FIRST_BYTES)) return counted;
  const remedy =
    'use a server that sends Content-Range and, to pages of other sites, Access-Control-Expose-Headers: Content-Range';
  throw new NamedError('RangeRefused', 'the server does not say how long it is', { file: name }, remedy);
}
