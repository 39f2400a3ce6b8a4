/** Which graphs of a folder hold the model: its parts, and of several forms of a part the most precise. */
import type { CheckpointFiles } from '../../byte-source.ts';
import { asObject, optionalObject } from '../../config-hints.ts';
import { listing } from '../../listing.ts';
import { NamedError } from '../../../named-error.ts';
import type { Notice } from '../../weight-files.ts';

export interface GraphFile {
  readonly file: string;
  readonly part: GraphPart;
}

export type GraphPart = 'language model' | 'embedding' | 'vision';

/** What exporters call the graph of a part; of several the first that is there. */
const NAMES: { readonly [Part in GraphPart]: readonly string[] } = {
  'language model': [
    'decoder_model_merged',
    'decoder_model',
    'decoder',
    'language_model',
    'text_model',
    'text',
    'model',
  ],
  embedding: ['embed_tokens', 'text_embeddings', 'embeddings', 'embedding'],
  vision: ['vision_encoder', 'vision_model', 'vision_tower', 'vision', 'visual'],
};
const PARTS = Object.keys(NAMES) as GraphPart[];

/** Endings of forms of one graph, the most precise first. */
const FORMS = [
  '',
  'fp32',
  'bf16',
  'fp16',
  'int8',
  'uint8',
  'q8',
  'q8f16',
  'quantized',
  'q4',
  'int4',
  'q4f16',
  'q2',
  'q2f16',
  'bnb4',
];
/** What onnxruntime-genai writes beside its graphs, and which names them. */
const GENAI = 'genai_config.json';

export interface ChosenGraphs {
  readonly graphs: readonly GraphFile[];
  readonly notices: readonly Notice[];
}

/**
 * Null for a folder without graphs.
 *
 * @throws NamedError `AmbiguousWeights` for models in several folders, `OnnxWeights` where none of the graphs is a language model,
 * `MissingFile` for a graph that genai_config.json names and that is not there
 */
export async function chooseGraphs(files: CheckpointFiles): Promise<ChosenGraphs | null> {
  const all = [...files.keys()].filter((file) => file.endsWith('.onnx')).sort();
  const [some] = all;
  if (some === undefined) return null;
  const configs = [...files.keys()].filter((file) => baseOf(file) === GENAI).sort();
  const [config] = configs;
  if (configs.length > 1) throw several(configs.map(folderOf));
  if (config !== undefined) return { graphs: await namedGraphs(files, config), notices: [] };
  const models = all
    .map((file) => ({ file, ...nameOf(file) }))
    .filter(({ part }) => part === 'language model');
  const folders = [...new Set(models.map(({ file }) => folderOf(file)))];
  if (folders.length > 1) throw several(folders);
  const [folder] = folders;
  if (folder === undefined) {
    throw new NamedError(
      'OnnxWeights',
      `none of the graphs is called as that of a language model is: ${listing(all)}`,
      { file: some },
      `name it ${NAMES['language model'][0]}.onnx or model.onnx, or open the Hugging Face checkpoint that it was exported from`,
    );
  }
  return mostPrecise(all.filter((file) => folderOf(file) === folder));
}

function mostPrecise(all: readonly string[]): ChosenGraphs {
  const graphs: GraphFile[] = [];
  const notices: Notice[] = [];
  const named = all.map((file) => ({ file, ...nameOf(file) }));
  for (const part of PARTS) {
    const forms = named.filter((form) => form.part === part);
    const name = NAMES[part].find((candidate) => forms.some((form) => form.name === candidate));
    const ofName = forms.filter((form) => form.name === name).sort((one, other) => one.form - other.form);
    const [taken, ...others] = ofName.map(({ file }) => file);
    if (taken === undefined) continue;
    graphs.push({ file: taken, part });
    if (others.length === 0) continue;
    const text = `read for the ${part}, the most precise of ${others.length + 1} forms; not used: ${others.join(', ')}; to read another, move this one out of the folder`;
    notices.push({ file: taken, text });
  }
  const unknown = named.filter(({ part }) => part === null);
  notices.push(...unknown.map(({ file }) => ({ file, text: 'a graph of no part that is known: not used' })));
  return { graphs, notices };
}

/** Part and form by the file's name, "decoder_model_merged_q4f16.onnx"; `form` counts from the most precise. */
function nameOf(file: string): {
  readonly part: GraphPart | null;
  readonly name: string;
  readonly form: number;
} {
  const base = baseOf(file).replace(/\.onnx$/, '');
  for (const [form, ending] of FORMS.entries()) {
    if (ending !== '' && !base.endsWith(`_${ending}`)) continue;
    const name = ending === '' ? base : base.slice(0, -ending.length - 1);
    const part = PARTS.find((candidate) => NAMES[candidate].includes(name));
    if (part) return { part, name, form };
  }
  return { part: null, name: base, form: FORMS.length };
}

async function namedGraphs(files: CheckpointFiles, config: string): Promise<readonly GraphFile[]> {
  const model = asObject((await optionalObject(files, config))['model']) ?? {};
  const keys = [
    ['decoder', 'language model'],
    ['embedding', 'embedding'],
    ['vision', 'vision'],
  ] as const;
  const graphs = keys.flatMap(([key, part]) => {
    const name = asObject(model[key])?.['filename'];
    return typeof name === 'string' ? [{ file: folderOf(config) + name, part }] : [];
  });
  if (!graphs.some(({ part }) => part === 'language model')) {
    throw new NamedError(
      'OnnxWeights',
      'it names no graph of a decoder',
      { file: config },
      'download the folder again',
    );
  }
  const missing = graphs.filter(({ file }) => !files.has(file)).map(({ file }) => file);
  if (missing.length === 0) return graphs;
  throw new NamedError(
    'MissingFile',
    `it names ${listing(missing)}, not in the folder`,
    { file: config },
    'add the missing files',
  );
}

function several(folders: readonly string[]): NamedError {
  const named = folders.map((folder) => (folder === '' ? 'the top' : folder.slice(0, -1)));
  return new NamedError(
    'AmbiguousWeights',
    `there are ONNX models in ${folders.length} folders: ${listing(named)}`,
    { file: `${folders[0] ?? ''}model.onnx` },
    'open one of them, with config.json and the tokenizer files beside it',
  );
}

function baseOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** With its slash at the end; empty at the top. */
function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1);
}
