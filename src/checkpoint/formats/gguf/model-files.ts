/** Which GGUF files of a folder are the language model, which the vision tower: told by what they say, not by their names. */
import { NamedError } from '../../../named-error.ts';
import type { ByteSource, CheckpointFiles } from '../../byte-source.ts';
import { listing } from '../../listing.ts';
import type { Notice } from '../../weight-files.ts';
import { throwIfCancelled } from '../../../work/cancel.ts';
import { type GgufHeader, type GgufTensor, readGgufHeader } from './header.ts';
import type { GgufMetadata } from './metadata.ts';

/** A model in one file or several. */
export interface GgufModel {
  /** Of the first file. */
  readonly metadata: GgufMetadata;
  readonly headers: readonly GgufHeader[];
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

export interface ModelFiles {
  readonly language: GgufModel;
  readonly vision: GgufModel | null;
  readonly notices: readonly Notice[];
}

type Kind = 'language' | 'vision' | 'adapter' | 'other';

/** "model-00001-of-00003.gguf" */
const SPLIT = /^(.*)-\d{5}-of-\d{5}\.gguf$/;

/**
 * Reads every header, one after the other, and sorts the files.
 *
 * @throws NamedError those of `readGgufHeader`; `AmbiguousWeights` for several models of a kind; `GgufWeights` for a tower, `AdapterOnly` for
 * an adapter alone; `MissingShard`, `DuplicateTensor`, `MissingTensor` for files that were split; `Cancelled`
 */
export async function modelFiles(
  files: CheckpointFiles,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ModelFiles> {
  const models: Record<Kind, Map<string, GgufHeader[]>> = {
    ...{ language: new Map(), vision: new Map(), adapter: new Map(), other: new Map() },
  };
  for (const name of names) {
    throwIfCancelled(signal);
    const header = await readGgufHeader(files.get(name) as ByteSource, name);
    const split = (header.metadata.index('split.count') ?? 1) > 1;
    const model = (split && SPLIT.exec(name)?.[1]) || name;
    const kind = kindOf(header, models, model);
    const parts = models[kind].get(model) ?? [];
    models[kind].set(model, [...parts, header]);
    // A second model is only named; a vocabulary in memory for each of a dozen would be too much.
    if (models[kind].size > 1) throwIfAmbiguous(kind, names, models);
  }
  const [language] = models.language.values();
  const [vision] = models.vision.values();
  if (language === undefined) throw noLanguageModel(models, names);
  const unused = [...models.adapter.keys(), ...models.other.keys()];
  return {
    language: joined(language),
    vision: vision ? joined(vision) : null,
    notices: unused.map((file) => ({
      file,
      text: 'holds no model (an adapter, a calibration or the like): not used',
    })),
  };
}

/** Later files of a split model may name no architecture: they belong to the first. */
function kindOf({ metadata }: GgufHeader, models: Record<Kind, Map<string, unknown>>, model: string): Kind {
  const known = (['language', 'vision'] as const).find((kind) => models[kind].has(model));
  if (known) return known;
  const type = metadata.text('general.type');
  const architecture = metadata.text('general.architecture');
  if (type === 'adapter') return 'adapter';
  if (type === 'imatrix' || architecture === undefined) return 'other';
  return architecture === 'clip' ? 'vision' : 'language';
}

function throwIfAmbiguous(
  kind: Kind,
  names: readonly string[],
  models: Record<Kind, Map<string, unknown>>,
): void {
  if (kind !== 'language' && kind !== 'vision') return;
  const what = kind === 'language' ? 'language models' : 'vision towers (mmproj)';
  const found = [...models[kind].keys()];
  throw new NamedError(
    'AmbiguousWeights',
    `the ${names.length} GGUF files hold several ${what}, such as ${listing(found)}: ${listing(names)}`,
    { file: found[1] as string },
    kind === 'language'
      ? 'drop the file of one quantization, with its mmproj file'
      : 'drop the language model with one mmproj file',
  );
}

function noLanguageModel(models: Record<Kind, Map<string, unknown>>, names: readonly string[]): NamedError {
  const [vision] = models.vision.keys();
  const [adapter] = models.adapter.keys();
  if (adapter !== undefined) {
    return new NamedError(
      'AdapterOnly',
      'the file holds an adapter and not the model it adapts',
      { file: adapter },
      "merge it into its model first (llama.cpp's llama-export-lora), and open that",
    );
  }
  if (vision !== undefined) {
    return new NamedError(
      'GgufWeights',
      'the file holds a vision tower (mmproj) and no language model',
      { file: vision },
      "add the language model's .gguf file",
    );
  }
  return new NamedError(
    'GgufWeights',
    `none of the GGUF files holds a model: ${listing(names)}`,
    { file: names[0] as string },
    "add the language model's .gguf file, and its mmproj file",
  );
}

/** The files of a model as one, in the order in which they were split. */
function joined(headers: readonly GgufHeader[]): GgufModel {
  const ordered = headers.toSorted((a, b) => numberOf(a) - numberOf(b));
  const [first] = ordered as [GgufHeader, ...GgufHeader[]];
  const count = first.metadata.index('split.count') ?? 1;
  if (
    count > 1 &&
    (ordered.length !== count || ordered.some((header, index) => numberOf(header) !== index))
  ) {
    throw new NamedError(
      'MissingShard',
      `the model was split into ${count} files, of which the folder holds ${listing(ordered.map(({ file }) => file))}`,
      { file: first.file },
      'add the missing files; a download may still be running, or they are links, which browsers do not list',
    );
  }
  const tensors = new Map<string, GgufTensor>();
  for (const tensor of ordered.flatMap((header) => header.tensors)) {
    const other = tensors.get(tensor.name);
    if (other) {
      throw new NamedError(
        'DuplicateTensor',
        `${other.file} and ${tensor.file} both hold it`,
        { tensor: tensor.name },
        'it is unclear which of the two counts: download the files again',
      );
    }
    tensors.set(tensor.name, tensor);
  }
  const listed = first.metadata.index('split.tensors.count');
  if (count > 1 && listed !== undefined && listed !== tensors.size) {
    throw new NamedError(
      'MissingTensor',
      `the model has ${listed} tensors, its files hold ${tensors.size}`,
      { file: first.file, field: 'split.tensors.count' },
      'the files belong to several models: download them again',
    );
  }
  return { metadata: first.metadata, headers: ordered, tensors };
}

function numberOf({ metadata }: GgufHeader): number {
  return metadata.index('split.no') ?? 0;
}
