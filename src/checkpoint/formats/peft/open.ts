/** Reads an adapter against its base: which tensor of the base becomes what. */
import type { ByteSource, CheckpointFiles } from '../../byte-source.ts';
import { readRange } from '../../byte-source.ts';
import { openCheckpoint, type Checkpoint, type TensorEntry } from '../../checkpoint.ts';
import { readHeader, type StoredTensor } from '../../header.ts';
import { listing } from '../../listing.ts';
import { canonicalName } from '../../tensor-name.ts';
import { EMBEDDINGS, HEAD, tensorPlace } from '../../tensor-place.ts';
import type { Notice } from '../../weight-files.ts';
import { NamedError } from '../../../named-error.ts';
import type { AnyEncoded } from '../codecs.ts';
import { matrixOf, type StoredPart } from '../encoded.ts';
import { DecodedFolder } from '../decoded-folder.ts';
import type { OpenedFormat } from '../stored-format.ts';
import { AdapterFiles, DECODED_BASE } from './adapter-files.ts';
import { readAdapterConfig, unsupported, valueFor, type AdapterConfig } from './config.ts';
import { ADAPTER_CONFIG } from './is-adapter.ts';
import { adapterKey, type AdapterPart } from './keys.ts';

export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';
const WEIGHTS = ADAPTER_WEIGHTS;

/** What an adapter has for one module. */
type Parts = Partial<Record<AdapterPart, StoredTensor>>;

/** A tensor that becomes another: by `module`'s factors, by a bias that is added, by what stands in its place. */
interface Change {
  readonly of: TensorEntry;
  /** In the adapter's spelling. */
  readonly module: string;
  instead?: StoredTensor;
  parts?: Parts;
  addedBias?: StoredTensor;
}

/** @throws NamedError see `adapterFolder` */
export async function openAdapter(
  files: AdapterFiles,
  { baseName, signal }: { readonly baseName: string; readonly signal?: AbortSignal | undefined },
): Promise<OpenedFormat> {
  const config = await readAdapterConfig(files.adapter);
  const source = weightsOf(files.adapter);
  const { bytes, tensors, unread } = await readHeader(source, WEIGHTS);
  const strange = unread[0] ?? tensors.find(({ dtype }) => !/^(BF16|F16|F32|F64)$/.test(dtype));
  if (strange)
    throw mismatch('InvalidAdapter', `the tensor is ${strange.dtype}, and no number of a factor`, strange);
  const base = await openCheckpoint(files.base, { name: baseName, ...(signal ? { signal } : {}) });
  const changes = changesOf(tensors, { ...base, tensors: located(base) }, config);
  const transposed = config.fanInFanOut && fitsTransposed(changes.values());
  const changed = new Map(
    [...changes].map(([name, change]) => [name, changedTensor(name, change, config, transposed)]),
  );
  const separated = ownHead(base, changes, config);
  const [first] = changes.values();
  return {
    label: labelOf(config, changes.values(), base),
    tensors: [...changed.values(), ...keptTensors(base, changed), ...separated.tensors],
    weightFiles: [
      ...(await describedFiles(files, base)),
      { file: WEIGHTS, source, header: { bytes, tensors } },
    ],
    smallFiles: new Map([...(formatOf(base)?.smallFiles ?? []), [ADAPTER_CONFIG, null]]),
    notices: [
      ...base.notices,
      ...baseNotices(config, baseName),
      ...towerNotices([...changes.keys()]),
      ...separated.notices,
    ],
    adapterOf: base.fingerprint,
    ...plainDtype(first?.of),
  };
}

function formatOf({ files }: Checkpoint): OpenedFormat | null {
  return files instanceof DecodedFolder ? files.format : null;
}

/** The base's tensors at their places among `AdapterFiles`. */
function located(base: Checkpoint): Checkpoint['tensors'] {
  if (formatOf(base) === null) return base.tensors;
  return new Map([...base.tensors].map(([name, entry]) => [name, { ...entry, file: DECODED_BASE }]));
}

/** What the adapter leaves: as it is stored, unless that lies in the file of another adapter. */
function keptTensors(base: Checkpoint, changed: ReadonlyMap<string, unknown>): readonly AnyEncoded[] {
  const { files } = base;
  if (files instanceof DecodedFolder && !(files.origin instanceof AdapterFiles))
    return files.format.tensors.filter(({ storedName }) => !changed.has(canonicalName(storedName)));
  return [...located(base).values()].filter(({ name }) => !changed.has(name)).map((entry) => plain(entry));
}

/** What a merged weight is written in: what the base has it in. */
function plainDtype(of: TensorEntry | undefined): Pick<OpenedFormat, 'plainDtype'> {
  const dtype = of?.plainDtype ?? of?.dtype;
  return dtype === 'BF16' || dtype === 'F16' || dtype === 'F32' ? { plainDtype: dtype } : {};
}

function weightsOf(adapter: CheckpointFiles): ByteSource {
  const source = adapter.get(WEIGHTS);
  if (source) return source;
  throw new NamedError(
    'MissingFile',
    `the adapter's weights are not in the folder${adapter.has('adapter_model.bin') ? '; adapter_model.bin is not read' : ''}`,
    { file: WEIGHTS },
    'save the adapter again with save_pretrained of peft, which writes it as safetensors',
  );
}

/** By canonical name. @throws NamedError `AdapterMismatch` for keys that belong to nothing */
function changesOf(
  tensors: readonly StoredTensor[],
  base: Checkpoint,
  config: AdapterConfig,
): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  const lost: StoredTensor[] = [];
  const take = (tensor: StoredTensor, module: string, name: string): Change | null => {
    const canonical = canonicalName(name);
    const of = base.tensors.get(canonical) ?? (canonical === HEAD ? base.tensors.get(EMBEDDINGS) : undefined);
    if (!of) {
      lost.push(tensor);
      return null;
    }
    const change = changes.get(canonical) ?? { of, module };
    changes.set(canonical, change);
    return change;
  };
  for (const tensor of tensors) {
    const key = adapterKey(tensor.storedName);
    if (key.kind === 'instead') {
      const change = take(tensor, key.name, key.name);
      if (change?.instead) throw twice(tensor);
      if (change) change.instead = tensor;
    } else if (key.part === 'addedBias') {
      if (hasNoBias(base, key.module)) throw biasOfNone(key.module);
      const change = take(tensor, key.module, `${key.module}.bias`);
      if (change?.addedBias) throw twice(tensor);
      if (change) change.addedBias = tensor;
    } else {
      const change = take(tensor, key.module, `${key.module}.weight`);
      if (!change) continue;
      change.parts ??= {};
      if (change.parts[key.part]) throw twice(tensor);
      change.parts[key.part] = tensor;
    }
  }
  if (lost.length > 0 || tensors.length === 0) throw unmatched(lost, tensors.length, base, config);
  return changes;
}

function hasNoBias({ tensors }: Checkpoint, module: string): boolean {
  const has = (part: string): boolean => tensors.has(canonicalName(`${module}.${part}`));
  return has('weight') && !has('bias');
}

/** peft computes with it, and can neither merge nor write it. */
function biasOfNone(module: string): NamedError {
  return new NamedError(
    'UnsupportedAdapter',
    `it trained a bias (lora_bias) of ${module}, which has none in the model`,
    { file: ADAPTER_CONFIG, field: 'lora_bias' },
    'train it without lora_bias, or with target_modules that have biases: no weight of the model can hold it, and merge_and_unload of peft fails, too',
  );
}

function twice({ storedName }: StoredTensor): NamedError {
  return new NamedError(
    'AdapterMismatch',
    'the adapter has this tensor twice, under two spellings or for two adapters',
    { file: WEIGHTS, tensor: storedName },
    'save one adapter to a folder, with save_pretrained of peft',
  );
}

function unmatched(
  lost: readonly StoredTensor[],
  count: number,
  base: Checkpoint,
  { base: trainedOn }: AdapterConfig,
): NamedError {
  const names = listing(lost.map(({ storedName }) => storedName));
  const [first] = lost;
  return new NamedError(
    'AdapterMismatch',
    `${count - lost.length} of ${count} tensors of the adapter belong to tensors of ${base.name}${first ? `; not these: ${names}` : ''}`,
    { file: WEIGHTS, ...(first ? { tensor: first.storedName } : {}) },
    trainedOn === '' ? 'put it on the model that it was trained on' : `put it on its base, ${trainedOn}`,
  );
}

/** As peft takes it: linear layers store `[out, in]` whatever the setting says. */
function fitsTransposed(changes: Iterable<Change>): boolean {
  return [...changes].some(({ of, parts: { a, b } = {} }) => {
    const { rows, columns } = matrixOf(of.shape);
    return a && b && rows !== columns && a.shape[1] === rows && b.shape[0] === columns;
  });
}

function changedTensor(name: string, change: Change, config: AdapterConfig, transposed: boolean): AnyEncoded {
  const { of, parts, addedBias, instead } = change;
  const { shape } = of;
  if (instead && instead.shape.join() !== shape.join())
    throw mismatch(
      'ShapeMismatch',
      `[${instead.shape.join(', ')}] stands for [${shape.join(', ')}] of the base`,
      instead,
    );
  // A head that is the embedding gets a name of its own.
  const storedName = of.name === name ? of.storedName : name;
  const from = { ...(instead ?? of), storedName };
  if (addedBias) {
    if (addedBias.shape.join() !== shape.join())
      throw mismatch(
        'ShapeMismatch',
        `[${addedBias.shape.join(', ')}] is added to [${shape.join(', ')}]`,
        addedBias,
      );
    const coding = { base: from.dtype, added: addedBias.dtype, scale: biasScale(change, config) };
    return { codec: 'added', storedName, shape, coding, parts: { base: part(from), added: part(addedBias) } };
  }
  if (parts?.tokens) return withTokens(change, parts.tokens, from, config);
  return parts ? adapted(change, parts, from, { config, transposed }) : plain(from);
}

/** Rows of single tokens in the place of the base's. */
function withTokens(
  { module, parts = {}, instead }: Change,
  tokens: StoredTensor,
  from: StoredTensor,
  { tokens: said }: AdapterConfig,
): AnyEncoded {
  if (Object.keys(parts).length > 1 || instead)
    throw unsupported(
      `a module (${module}) that was adapted and had single tokens trained besides`,
      'trainable_token_indices',
    );
  const ends = (name: string): boolean => module === name || module.endsWith(`.${name}`);
  const places = said instanceof Map ? [...said].find(([name]) => ends(name))?.[1] : said;
  const { rows, columns } = matrixOf(from.shape);
  const count = (places ?? []).length;
  if (!Array.isArray(places) || count === 0 || tokens.shape.join() !== [count, columns].join())
    throw mismatch(
      'ShapeMismatch',
      `[${tokens.shape.join(', ')}] is not [${count}, ${columns}], a row for each trained token`,
      tokens,
    );
  if (places.some((place) => place >= rows))
    throw mismatch(
      'ShapeMismatch',
      `token ${Math.max(...places)} was trained, and the base has ${rows}`,
      tokens,
    );
  return {
    ...{ codec: 'tokenRows', storedName: from.storedName, shape: from.shape },
    coding: { base: from.dtype, tokens: tokens.dtype, places },
    parts: { base: part(from), tokens: part(tokens) },
  };
}

/** That of the module: its rank is not seen in the bias. */
function biasScale({ module }: Change, config: AdapterConfig): number {
  return scaleOf(module, valueFor(module, config.ranks) ?? config.rank, config);
}

function scaleOf(module: string, rank: number, { alpha, alphas, rankStabilised }: AdapterConfig): number {
  return (valueFor(module, alphas) ?? alpha) / (rankStabilised ? Math.sqrt(rank) : rank);
}

interface Reading {
  readonly config: AdapterConfig;
  readonly transposed: boolean;
}

function adapted(
  change: Change,
  parts: Parts,
  from: StoredTensor,
  { config, transposed }: Reading,
): AnyEncoded {
  const { module } = change;
  const ofEmbedding = parts.embeddingA !== undefined || parts.embeddingB !== undefined;
  const [a, b] = ofEmbedding ? [parts.embeddingA, parts.embeddingB] : [parts.a, parts.b];
  const { magnitude } = parts;
  const shown = a ?? b ?? magnitude ?? from;
  if (!a || !b || (ofEmbedding && (parts.a ?? parts.b)))
    throw mismatch('InvalidAdapter', `${module} does not have the two factors of an update`, shown);
  if (config.dora !== (magnitude !== undefined))
    throw mismatch(
      'InvalidAdapter',
      config.dora
        ? `${module} has no magnitudes, and use_dora is true`
        : `${module} has magnitudes, and use_dora is false`,
      shown,
    );
  const turned = ofEmbedding || transposed;
  if (magnitude && turned)
    throw unsupported(`DoRA on ${module}, whose weights are stored [in, out],`, 'use_dora');
  const rank = a.shape[0] ?? 0;
  const wanted = valueFor(module, config.ranks) ?? config.rank;
  if (rank !== wanted)
    throw mismatch(
      'InvalidAdapter',
      `${module} has factors of rank ${rank}, and ${ADAPTER_CONFIG} says ${wanted}`,
      a,
    );
  const { rows, columns } = matrixOf(from.shape);
  const [inputs, outputs] = turned ? [rows, columns] : [columns, rows];
  checkFactor(a, rank, inputs, from);
  checkFactor(b, outputs, rank, from);
  if (magnitude && magnitude.shape.reduce((product, dim) => product * dim, 1) !== rows)
    throw mismatch('ShapeMismatch', `[${magnitude.shape.join(', ')}] magnitudes of ${rows} rows`, magnitude);
  return {
    codec: 'lora',
    storedName: from.storedName,
    shape: from.shape,
    coding: {
      ...{ base: from.dtype, a: a.dtype, b: b.dtype, magnitude: magnitude?.dtype ?? null },
      ...{ rank, scale: scaleOf(module, rank, config), transposed: turned },
    },
    parts: {
      ...{ base: part(from), a: part(a), b: part(b) },
      ...(magnitude ? { magnitude: part(magnitude) } : {}),
    },
  };
}

/** Kernels of convolutions are columns, as in the weight. */
function checkFactor(factor: StoredTensor, rows: number, columns: number, weight: StoredTensor): void {
  const found = matrixOf(factor.shape);
  if (factor.shape.length >= 2 && found.rows === rows && found.columns === columns) return;
  throw mismatch(
    'ShapeMismatch',
    `[${factor.shape.join(', ')}] is no factor of an update of ${weight.storedName} [${weight.shape.join(', ')}]: [${rows}, ${columns}] is`,
    factor,
  );
}

function mismatch(
  error: 'InvalidAdapter' | 'ShapeMismatch',
  what: string,
  { storedName }: { readonly storedName: string },
): NamedError {
  return new NamedError(
    error,
    what,
    { file: WEIGHTS, tensor: storedName },
    'put the adapter on the model that it was trained on, with the adapter_config.json that peft wrote beside it',
  );
}

function part({ file, storedName: name, dtype, shape, start, end }: StoredTensor): StoredPart {
  return { file, name, dtype, shape, start, end };
}

function plain(from: StoredTensor): AnyEncoded {
  const { storedName, shape, dtype } = from;
  return { codec: 'stored', storedName, shape, coding: { dtype }, parts: { values: part(from) } };
}

/**
 * Where head and embeddings are one matrix and the adapter changes one of them, they are two from then on: so the adapter was
 * trained, unless it says otherwise.
 */
function ownHead(
  base: Checkpoint,
  changes: ReadonlyMap<string, Change>,
  { keepsTie }: AdapterConfig,
): { readonly tensors: readonly AnyEncoded[]; readonly notices: readonly Notice[] } {
  const embeddings = located(base).get(EMBEDDINGS);
  const touched = [EMBEDDINGS, HEAD].filter((name) => changes.has(name));
  if (base.tensors.has(HEAD) || !embeddings || touched.length === 0) return { tensors: [], notices: [] };
  // As peft ties it, the head is given the embeddings' factors, or their rows.
  if (keepsTie && (touched.length === 2 || !changes.has(HEAD))) return { tensors: [], notices: [] };
  if (touched.every((name) => changes.get(name)?.parts?.tokens)) return { tensors: [], notices: [] };
  const text = `the base's head is its embeddings, and the adapter changes ${touched.join(' and ')}: head and embeddings are two matrices here, as in training; merge_and_unload of peft changes both`;
  const head = changes.has(HEAD) ? [] : [plain({ ...embeddings, storedName: HEAD })];
  return { tensors: head, notices: [{ file: ADAPTER_CONFIG, text }] };
}

/** The base stands in by its fingerprint, and adapter_config.json by what it says. */
async function describedFiles(files: AdapterFiles, base: Checkpoint) {
  const config = files.adapter.get(ADAPTER_CONFIG) as ByteSource;
  const described = (file: string, source: ByteSource, bytes: Uint8Array<ArrayBuffer>) => ({
    ...{ file, source },
    header: { bytes, tensors: [] },
  });
  const print = new TextEncoder().encode(base.fingerprint);
  const said = await readRange(config, 0, config.size, { file: ADAPTER_CONFIG });
  const ofBase = new Set([...located(base).values()].map(({ file }) => file));
  return [
    ...[...ofBase].map((file) => described(file, files.get(file) as ByteSource, print)),
    described(ADAPTER_CONFIG, config, said),
  ];
}

function baseNotices({ base }: AdapterConfig, name: string): Notice[] {
  const last = (path: string): string | undefined =>
    path
      .split(/[/\\]/)
      .findLast((part) => part !== '')
      ?.toLowerCase();
  if (base === '' || last(base) === last(name)) return [];
  const text = `it names ${base} as the adapter's base, and the adapter is put on ${name}`;
  return [{ file: ADAPTER_CONFIG, text }];
}

/**
 * An adapter that was meant for the language model alone often has the tower, too: in `exclude_modules` of peft 0.21.2 the tower's name excludes
 * nothing of it, and names of the MLP are the same in both.
 */
function towerNotices(changed: readonly string[]): Notice[] {
  const parts = changed.map((name) => tensorPlace(name).part);
  const tower = parts.filter((part) => part === 'visionBlock' || part === 'vision').length;
  const layers = parts.filter((part) => part === 'layer').length;
  if (tower === 0 || layers === 0) return [];
  const text = `it changes ${tower} tensors of the vision tower, besides ${layers} of the language model's layers`;
  return [{ file: ADAPTER_CONFIG, text }];
}

/** "LoRA adapter of Qwen2.5-VL-7B-Instruct, rank 16". */
function labelOf(config: AdapterConfig, changes: Iterable<Change>, { name, format }: Checkpoint): string {
  const ranks = [...changes].flatMap(({ parts }) => parts?.a?.shape[0] ?? parts?.embeddingA?.shape[0] ?? []);
  const [least, most] = [Math.min(...ranks), Math.max(...ranks)];
  const kind = config.dora ? 'DoRA' : config.rankStabilised ? 'rsLoRA' : 'LoRA';
  const rank = ranks.length === 0 ? '' : least === most ? `, rank ${most}` : `, ranks ${least} to ${most}`;
  const stored = format === undefined ? '' : ` (${format})`;
  return `${kind} adapter of ${name}${stored}${rank}`;
}
