/** Reads the golden checkpoints and expected values of `tools/goldens/data`. */
import { readTensors } from '../../checkpoint/small-tensors.ts';
import type { ChatMessage } from '../../vlm/chat.ts';
import type { ImageGrid } from '../../vlm/image-grid.ts';
import type { RgbImage } from '../../vlm/patches.ts';
import type { Injection, Reads } from '../protocol/intervention.ts';

/** Reads a file below `tools/goldens/data`. */
export type ReadGolden = (path: string) => Promise<Uint8Array<ArrayBuffer>>;

export interface GoldenAnswer {
  readonly tokens: readonly number[];
  readonly stop: 'length' | 'eos' | 'image-pad' | 'video-pad';
  readonly margins: readonly number[];
  /** How many tokens are clear of a tie. */
  readonly compared: number;
}

export interface GoldenIntervention extends GoldenAnswer {
  readonly kind: 'ablate' | 'swap';
  readonly part?: 'layer' | 'attention' | 'mlp';
  readonly mode?: 'single' | 'from-layer';
  readonly layer: number;
  readonly source?: string;
  /** Left out: `all`. */
  readonly reads?: Exclude<Reads, 'all'>;
  /** Swaps of a model with DeepStack. */
  readonly injection?: Injection;
  readonly logits: string;
}

export interface GoldenCase {
  readonly messages: readonly ChatMessage[];
  readonly images: readonly string[];
  readonly inputIds: readonly number[];
  readonly imagePositions: readonly number[];
  readonly positionIds: readonly (readonly number[])[];
  readonly imageGridThw: readonly ImageGrid[];
  /** SHA-256 of the pictures' pixel values. */
  readonly pixelValues?: string;
  readonly greedy: GoldenAnswer & { readonly text: string };
  readonly attention?: { readonly queries: readonly number[]; readonly keys: number; readonly mass: string };
  readonly interventions: readonly GoldenIntervention[];
}

/** Checkpoints with expected values. */
export const GOLDEN_CHECKPOINTS = [
  'untied-gqa4-f32',
  'tied-gqa1-bf16-old',
  'untied-gqa7-bf16-new',
  'untied-gqa2-f16',
  'qwen2-untied-bf16-old',
  'qwen2-tied-f16',
  'qwen3-untied-bf16',
  'qwen3-tied-f16',
] as const;

const FOLDER_FILES = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.json',
  'chat_template.jinja',
  'preprocessor_config.json',
  'model.safetensors',
  'model.safetensors.index.json',
  ...[2, 3].flatMap((of) =>
    Array.from({ length: of }, (_, i) => `model-0000${i + 1}-of-0000${of}.safetensors`),
  ),
];

/** The checkpoint's folder as it would be dropped. */
export async function goldenFolder(read: ReadGolden, name: string): Promise<Map<string, File>> {
  const files = new Map<string, File>();
  for (const file of FOLDER_FILES) {
    const bytes = await read(`checkpoints/${name}/${file}`).catch(() => null);
    if (bytes) files.set(file, new File([bytes], file));
  }
  return files;
}

export interface Golden {
  readonly cases: Readonly<Record<string, GoldenCase>>;
  tensor(name: string): Float32Array;
}

export async function readGolden(read: ReadGolden, name: string): Promise<Golden> {
  const json = JSON.parse(new TextDecoder().decode(await read(`expected/${name}.json`))) as {
    cases: Record<string, GoldenCase>;
  };
  const tensors = await readTensors(await read(`expected/${name}.safetensors`), name);
  return {
    cases: json.cases,
    tensor: (key) => {
      const found = tensors.get(key);
      if (!found) throw new RangeError(`no golden tensor ${key}`);
      return found.values;
    },
  };
}

/** Pictures as `File`s called `<picture>.png`, and a decoder that reads their raw pixels from the goldens. */
export async function goldenImages(
  read: ReadGolden,
): Promise<{ file(name: string): Promise<File>; decode(file: Blob): Promise<RgbImage> }> {
  const pixels = await readTensors(await read('images/images.safetensors'), 'images.safetensors');
  return {
    file: async (name) => new File([await read(`images/${name}.png`)], `${name}.png`),
    decode: (file) => {
      const picture = pixels.get((file as File).name.replace('.png', ''));
      if (!picture) throw new RangeError(`no golden image ${(file as File).name}`);
      const [height, width] = picture.shape as [number, number];
      return Promise.resolve({ width, height, rgb: Uint8Array.from(picture.values) });
    },
  };
}
