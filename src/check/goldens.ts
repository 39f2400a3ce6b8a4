/** What a device is held to: a small checkpoint, its pictures, and what transformers computes with it (`tools/goldens/device_check.py`). */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { readTensors } from '../checkpoint/small-tensors.ts';
import { fetchArchive } from '../demo/sets.ts';
import type { Ablation } from '../engine/protocol/intervention.ts';
import type { LayerRow } from '../layer-index.ts';
import { NamedError } from '../named-error.ts';
import type { ChatMessage } from '../vlm/chat.ts';

/** Beside the page; packed by `scripts/vite/data-sets.mjs`. Paths within are those below `tools/goldens/data`. */
const ARCHIVE = 'data/device-check.zip';
const EXPECTED = 'device-check/expected';

/** Numbers that transformers computed: of the stored weights, and of those that 8 and 4 bits in blocks stand for. */
export type GoldenFormat = 'f32' | 'q8' | 'q4';

interface Answer {
  readonly tokens: readonly number[];
  /** The first so many choices are clear: each by more than 1e-3 of the largest logit. */
  readonly compared: number;
}

interface Expected {
  readonly checkpoint: string;
  readonly messages: readonly ChatMessage[];
  /** Pictures: that of the question, and the one whose keys and values take its place. */
  readonly image: string;
  readonly source: string;
  readonly imagePositions: readonly number[];
  /** Positions that attend, the answer's own among them. */
  readonly queries: readonly number[];
  readonly formats: Readonly<Record<GoldenFormat, Answer>>;
  /** Rows of one batch: layers that are off, or whose keys and values on the picture are the source's. */
  readonly interventions: readonly (
    { readonly ablate: readonly Ablation[] } | { readonly swap: readonly LayerRow[] }
  )[];
}

export interface Goldens extends Omit<Expected, 'image' | 'source'> {
  readonly folder: CheckpointFiles;
  readonly image: Blob;
  readonly source: Blob;
  /** `<format>.vision`, `<format>.hidden.<i>`, `<format>.logits`, `f32.attention.mass`, `row.<i>.logits`. */
  tensor(name: string): Float32Array;
}

/** @throws NamedError `SetNotFound`, `DamagedArchive` */
export async function fetchGoldens(): Promise<Goldens> {
  const archive = await fetchArchive(ARCHIVE);
  const { readSetArchive } = await import('../demo/set-archive.ts');
  return openGoldens(await readSetArchive(archive, ARCHIVE));
}

/** @param files by their paths below `tools/goldens/data` @throws NamedError `SetNotFound` where one is not there */
export async function openGoldens(files: ReadonlyMap<string, Blob>): Promise<Goldens> {
  const file = (path: string): Blob => {
    const found = files.get(path);
    if (found) return found;
    throw new NamedError(
      'SetNotFound',
      'the file is not in the archive',
      { file: path },
      'build the app again',
    );
  };
  const expected = JSON.parse(await file(`${EXPECTED}.json`).text()) as Expected;
  const numbers = file(`${EXPECTED}.safetensors`);
  const tensors = await readTensors(new Uint8Array(await numbers.arrayBuffer()), EXPECTED);
  const place = `checkpoints/${expected.checkpoint}/`;
  const folder = [...files].flatMap(([path, blob]) => {
    const name = path.slice(place.length);
    return path.startsWith(place) ? [[name, new File([blob], name, { lastModified: 0 })] as const] : [];
  });
  const picture = (name: string): File => new File([file(`images/${name}.png`)], `${name}.png`);
  return {
    ...expected,
    folder: new Map(folder),
    image: picture(expected.image),
    source: picture(expected.source),
    tensor: (name) => {
      const found = tensors.get(name);
      if (found) return found.values;
      throw new NamedError('SetNotFound', `it has no ${name}`, { file: EXPECTED }, 'build the app again');
    },
  };
}
