/** Folders of GGUF files: a language model, with or without its vision tower (mmproj). */
import type { ByteSource, CheckpointFiles } from '../../byte-source.ts';
import { readRange } from '../../byte-source.ts';
import type { WeightFile } from '../../fingerprint.ts';
import { INDEX_FILE } from '../../shard-index.ts';
import { type Notice, weightsAtTop } from '../../weight-files.ts';
import { mapInFlight } from '../../../work/in-flight.ts';
import type { OpenedFormat, StoredFormat } from '../stored-format.ts';
import type { GgufArchitecture, VisionFacts } from './architectures/architecture.ts';
import type { GgufHeader } from './header.ts';
import { architectureOf, configJson, preprocessorJson, visionFacts } from './model-config.ts';
import { type GgufModel, type ModelFiles, modelFiles } from './model-files.ts';
import { isSwapped, languageTensors, type Named, visionTensors } from './tensors.ts';
import { readVocabulary } from './vocabulary.ts';

const GGUF = /^[^/]+\.gguf$/;
/** A header is hashed in slices of so many bytes. */
const HASHED_BYTES = 4 * 2 ** 20;
const PREPROCESSOR = ['preprocessor_config.json', 'processor_config.json'] as const;

export const ggufFolder: StoredFormat = {
  open: async (files, signal): Promise<OpenedFormat | null> => {
    const names = [...files.keys()].filter((name) => GGUF.test(name)).sort();
    // Beside safetensors, which hold all that a converter may have left out, GGUF is a second copy.
    if (names.length === 0 || weightsAtTop(files).length > 0 || files.has(INDEX_FILE)) return null;
    const found = await modelFiles(files, names, signal);
    const architecture = architectureOf(found.language, found.vision);
    const tower = found.vision && openTower(found.vision, found.language, architecture);
    const text = languageTensors(found.language, architecture);
    const small = smallFiles(files, found, architecture, tower?.facts ?? null);
    return {
      label: labelOf(found),
      tensors: [...text.tensors, ...(tower?.named.tensors ?? [])],
      plainDtype: plainDtypeOf(found),
      weightFiles: await weightFiles(files, found, signal),
      smallFiles: small.files,
      notices: [...found.notices, ...text.notices, ...(tower?.named.notices ?? []), ...small.notices],
    };
  },
};

function openTower(
  vision: GgufModel,
  language: GgufModel,
  architecture: GgufArchitecture,
): { readonly facts: VisionFacts; readonly named: Named } {
  const swapped = isSwapped(vision, vision.metadata.count('clip.vision.embedding_length'));
  const facts = visionFacts(vision, language, swapped);
  return { facts, named: visionTensors(vision, architecture, facts.deepstack, swapped) };
}

/** What the metadata says, as files; those of the folder stay where the metadata says less. */
function smallFiles(
  files: CheckpointFiles,
  { language, vision }: ModelFiles,
  architecture: GgufArchitecture,
  facts: VisionFacts | null,
): { readonly files: ReadonlyMap<string, string>; readonly notices: readonly Notice[] } {
  const { file } = language.metadata;
  const vocabulary = readVocabulary(language.metadata);
  const made = new Map<string, unknown>([
    ['config.json', configJson(architecture, language, facts, vocabulary)],
  ]);
  const notices: Notice[] = [];
  if (!files.has('generation_config.json')) made.set('generation_config.json', vocabulary.generation);
  if (vocabulary.tokenizer) {
    made.set('tokenizer.json', vocabulary.tokenizer.json);
    made.set('tokenizer_config.json', vocabulary.tokenizer.config);
  } else {
    const text = `no tokenizer is made of its metadata, as ${vocabulary.unknown}; a tokenizer.json in the folder is used`;
    notices.push({ file, text });
  }
  if (facts === null) {
    const text = 'there is no vision tower beside it: add the mmproj file to run the model';
    notices.push({ file, text });
  } else if (!PREPROCESSOR.some((name) => files.has(name))) {
    const { json, limited } = preprocessorJson(architecture, facts);
    made.set(PREPROCESSOR[0], json);
    if (!limited) {
      const text =
        "it does not say how large pictures may be: the architecture's default is used; put the model's preprocessor_config.json beside it for its own limits";
      notices.push({ file: vision?.metadata.file ?? file, text });
    }
  }
  for (const name of made.keys()) {
    if (!files.has(name)) continue;
    notices.push({ file: name, text: `not used: what ${file} says of itself is` });
  }
  return {
    files: new Map([...made].map(([name, json]) => [name, JSON.stringify(json)])),
    notices,
  };
}

/** "GGUF, Q4_K and Q6_K; vision in F16": the types of matrices, what takes most bytes first. */
function labelOf({ language, vision }: ModelFiles): string {
  const tower = vision ? `; vision in ${typesOf(vision)}` : '; no vision tower';
  return `GGUF, ${typesOf(language)}${tower}`;
}

function typesOf({ tensors }: GgufModel): string {
  const bytes = new Map<string, number>();
  for (const { type, shape, start, end } of tensors.values()) {
    if (shape.length > 1) bytes.set(type.name, (bytes.get(type.name) ?? 0) + end - start);
  }
  const names = [...bytes].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const last = names.pop() ?? 'nothing';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

/** What the converter was given is not said; of the two halves that in which the file has matrices. */
function plainDtypeOf({ language, vision }: ModelFiles): 'BF16' | 'F16' {
  const all = [...language.tensors.values(), ...(vision?.tensors.values() ?? [])];
  return all.some(({ type, shape }) => shape.length > 1 && type.name === 'F16') ? 'F16' : 'BF16';
}

function weightFiles(
  files: CheckpointFiles,
  { language, vision }: ModelFiles,
  signal?: AbortSignal,
): Promise<readonly WeightFile[]> {
  const headers = [...language.headers, ...(vision?.headers ?? [])];
  const open = async ({ file, bytes, tensors }: GgufHeader): Promise<WeightFile> => {
    const source = files.get(file) as ByteSource;
    const stored = tensors.map(({ name, start, end }) => ({ storedName: name, start, bytes: end - start }));
    return { file, source, header: { bytes: await digests(source, file, bytes), tensors: stored } };
  };
  return mapInFlight(headers, open, signal, 1);
}

/** SHA-256 of each slice of a header, in place of the megabytes themselves. */
async function digests(source: ByteSource, file: string, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const starts = Array.from({ length: Math.ceil(bytes / HASHED_BYTES) }, (_, slice) => slice * HASHED_BYTES);
  const all = new Uint8Array(32 * starts.length);
  for (const [slice, start] of starts.entries()) {
    const part = await readRange(source, start, Math.min(start + HASHED_BYTES, bytes), { file });
    all.set(new Uint8Array(await crypto.subtle.digest('SHA-256', part)), 32 * slice);
  }
  return all;
}
