/** Eight variants of a 7B triple in q4 within 8 GB: every buffer that weights and answers take is counted, and none is computed with. */
import { expect, it } from 'vitest';
import { CHUNK_BYTES, DIGEST_BYTES, type HashedPart } from '../checkpoint/whole-hash/part.ts';
import { slotBytes } from '../graph/weights.ts';
import type { Backend, Tensor } from './backend/backend.ts';
import { BufferAccount } from './backend/buffer-account.ts';
import { runNeeds, visionNeeds } from './held-weights.ts';
import { ModelLibrary } from './model-library.ts';
import type { PlannedTurns } from './protocol/loading.ts';
import type { ModelId, Subject } from './subject.ts';
import { sparse7b } from './testing/sparse-7b.ts';
import { weightMatrixBytes as matrix } from './testing/weight-bytes.ts';
import type { ReadAndConvert } from './weights/load.ts';
import { working } from './working.ts';

const GB = 1e9;
const MEMORY = 8 * GB;
const LAYERS = 28;
const [BASE, IN, RL] = ['BASE', 'IN', 'RL'] as [ModelId, ModelId, ModelId];
const NAMES: readonly ModelId[] = [BASE, IN, RL];
/** Donors of Early, Mid and Late. */
const VARIANTS = ['BASE', 'IN', 'RL', 'IN:RL:RL', 'RL:IN:IN', 'IN:IN:RL', 'RL:RL:IN', 'IN:RL:IN'];
/** Answers of up to so many positions, together. */
const WORK = { rows: 16, tokens: 2048, prompt: 2048 };

/** Written out from the architecture: what a layer, the head with the final norm, and the vision tower take in q4. */
const LAYER =
  2 * matrix(3584, 3584, 'q4') +
  2 * matrix(512, 3584, 'q4') +
  2 * matrix(18944, 3584, 'q4') +
  matrix(3584, 18944, 'q4') +
  4 * (3 * 3584 + 2 * 512);
const HEAD = matrix(152064, 3584, 'q4') + 4 * 3584;
const BLOCK =
  matrix(3840, 1280, 'q8') +
  matrix(1280, 1280, 'q8') +
  2 * matrix(3420, 1280, 'q8') +
  matrix(1280, 3420, 'q8') +
  4 * (2 * 1280 + 3840 + 1280 + 2 * 3420 + 1280);
const VISION =
  32 * BLOCK +
  4 * 1280 * 1176 +
  4 * 1280 +
  matrix(5120, 5120, 'q8') +
  matrix(3584, 5120, 'q8') +
  4 * (5120 + 3584);

/** Buffers without a GPU. */
function countingBackend() {
  const gpu = {
    createBuffer: ({ size }: GPUBufferDescriptor) => ({ size, destroy: () => undefined }) as GPUBuffer,
  };
  const buffers = new BufferAccount(gpu);
  const make = (size: number): Tensor => ({ gpuBuffer: gpu.createBuffer({ size, usage: 0 }) }) as never;
  const backend = {
    ...{
      device: 'webgpu',
      adapter: 'counted',
      constantWeights: false,
      halfPrecision: true,
      sharedCache: true,
    },
    ...{ maxTensorBytes: 2 ** 31, buffers, heldBytes: 0 },
    zeros: (type: 'float32', dims: readonly number[]) =>
      Promise.resolve(make(slotBytes({ name: '', type, dims }))),
    write: () => undefined,
    dispose: ({ gpuBuffer }: { gpuBuffer: GPUBuffer }) => gpuBuffer.destroy(),
  } as unknown as Backend;
  return { backend, buffers, make };
}

/** As large as any piece becomes. */
const NOTHING = new Uint8Array(64 * 2 ** 20);

/** The arrays' sizes without their contents, and a hash that tells the model's name for tensors of its own. */
function convertTo(
  count: (deviceBytes: number) => void,
  modelOf: (source: object) => string,
): ReadAndConvert {
  return (source, _, { tensor, format, rows, columns, place }) => {
    const blocks = Math.ceil(columns / 32);
    const sizes = format === 'f32' ? [4 * columns] : [blocks * (format === 'q8' ? 32 : 16), blocks * 4];
    const arrays = sizes.map((size) => NOTHING.subarray(0, rows * size));
    count(arrays.reduce((sum, { length }) => sum + length, 0));
    const fill = tensor.startsWith('visual.') ? 0 : NAMES.indexOf(modelOf(source) as ModelId) + 1;
    const part = madeUp(place.start, place.start + rows * columns * 2, place.tensorBytes, fill);
    return Promise.resolve({ arrays, error: null, part });
  };
}

function madeUp(start: number, end: number, tensorBytes: number, fill: number): HashedPart {
  const first = Math.min(end, Math.ceil(start / CHUNK_BYTES) * CHUNK_BYTES);
  const last = end === tensorBytes ? end : Math.max(first, Math.floor(end / CHUNK_BYTES) * CHUNK_BYTES);
  const chunks = Math.ceil((last - first) / CHUNK_BYTES);
  const bytes = (size: number) => new Uint8Array(size).fill(fill);
  return {
    start,
    end,
    digests: bytes(chunks * DIGEST_BYTES),
    head: bytes(first - start),
    tail: bytes(end - last),
  };
}

/** Takes turns as answering does, with a buffer in the place of what answers take. */
class Turns extends ModelLibrary {
  async take(subject: Subject, later: readonly Subject[], make: (bytes: number) => Tensor): Promise<void> {
    const { subject: resident, ready } = this.resolve(subject);
    const { signal } = new AbortController();
    const { backend } = ready.runtime;
    const left = ready.weights.left(runNeeds(resident));
    const { bytes } = working({ config: resident.rest.config, left }, WORK, backend);
    await this.hold(ready, visionNeeds(resident), bytes, signal, [subject, ...later]);
    await this.hold(ready, runNeeds(resident), bytes, signal, later);
    backend.dispose(make(bytes));
  }
}

function subjectOf(blocks: string): Subject {
  const [early, mid = early, late = early] = blocks.split(':') as [ModelId, ModelId?, ModelId?];
  const third = (layer: number) => (layer < 9 ? early : layer < 18 ? mid : late) as ModelId;
  return { layers: Array.from({ length: LAYERS }, (_, layer) => third(layer)), rest: early };
}

const subjects = VARIANTS.map(subjectOf);

/** Three folders on one device, opened, and what is counted of them. */
async function opened() {
  const counted = countingBackend();
  const folders = new Map<object, string>();
  const read = { bytes: 0 };
  const library = new Turns({
    kept: null,
    decodeImage: () => Promise.reject(new Error('no images here')),
    createBackend: () => Promise.resolve(counted.backend),
    convert: convertTo(
      (bytes) => (read.bytes += bytes),
      (source) => folders.get(source) ?? '',
    ),
  });
  for (const [index, id] of NAMES.entries()) {
    const files = await sparse7b(index + 1);
    for (const file of files.values()) folders.set(file, id);
    await library.open(id, id, files);
  }
  return { ...counted, library, read };
}

async function load(library: Turns, memory?: number): Promise<void> {
  const options = { device: 'webgpu', dtype: 'q4', ...(memory === undefined ? {} : { memory }) } as const;
  for (const id of NAMES) await library.load(id, id, options, () => undefined);
}

it('held at once take what their own tensors take, and the frozen vision tower once', async () => {
  const { library, buffers } = await opened();
  await load(library);
  expect(buffers.live).toBe(3 * (LAYERS * LAYER + HEAD) + VISION);
  expect(buffers.live).toBeGreaterThan(13 * GB);
  expect(await library.turns(subjects, 16)).toBeNull();
  await library.unload(IN);
  expect(buffers.live).toBe(2 * (LAYERS * LAYER + HEAD) + VISION);
  await library.unload(BASE);
  await library.unload(RL);
  expect(buffers.live).toBe(0);
});

it('in turns stay within 8 GB, and read again what was said beforehand', async () => {
  const { library, buffers, make, read } = await opened();
  await load(library, MEMORY);
  const planned = (await library.turns(subjects, WORK.rows)) as PlannedTurns;
  read.bytes = 0;
  const { order } = planned;
  for (const [at, turn] of order.entries()) {
    const later = order.slice(at + 1).map((next) => subjects[next] as Subject);
    await library.take(subjects[turn] as Subject, later, make);
  }
  expect(read.bytes).toBe(planned.bytesReadAgain);
  expect(planned.seconds).toBeGreaterThan(0);
  expect(buffers.peak).toBeLessThanOrEqual(MEMORY);
  expect(buffers.peak).toBeGreaterThan(0.99 * MEMORY);
  // From one to the next a third of the layers changes at best: 9, 9 and 10; the head with the first of them.
  expect(order.map((turn) => VARIANTS[turn])).toEqual([
    ...['BASE', 'RL:IN:IN', 'RL:RL:IN', 'RL'],
    ...['IN:RL:RL', 'IN:IN:RL', 'IN', 'IN:RL:IN'],
  ]);
  const layers = LAYERS + 9 + 10 + 9 + 9 + 10 + 9;
  // Beside a run there is no room for all of the vision tower: the same tensors of it are read in each turn but the first.
  const cache = 10 * 2048 * 2 * LAYERS * 512 * 4;
  const prefill = 2048 * (3 * 18944 + 6 * 3584) * 4;
  const vision = LAYERS * LAYER + HEAD + VISION - (MEMORY - cache - prefill);
  expect(read.bytes).toBeGreaterThanOrEqual(layers * LAYER + 3 * HEAD + 7 * vision);
  expect(read.bytes).toBeLessThan(layers * LAYER + 3 * HEAD + 7 * (vision + 7e6));
  expect(read.bytes).toBeLessThan(15 * GB);
});

it('is priced in all of its batches: what finds no room beside a run is read in each of them', async () => {
  const { library, make, read } = await opened();
  await load(library, MEMORY);
  const batches = VARIANTS.map((_, variant) => 1 + (variant % 3));
  const once = (await library.turns(subjects, WORK.rows)) as PlannedTurns;
  const planned = (await library.turns(subjects, WORK.rows, undefined, batches)) as PlannedTurns;
  expect(planned.order).toEqual(once.order);
  expect(planned.bytesReadAgain).toBeGreaterThan(once.bytesReadAgain);
  read.bytes = 0;
  const { order } = planned;
  for (const [at, turn] of order.entries()) {
    const others = order.slice(at + 1).map((next) => subjects[next] as Subject);
    const own = subjects[turn] as Subject;
    const count = batches[turn] as number;
    for (let batch = 1; batch <= count; batch++)
      await library.take(own, batch < count ? [own, ...others] : others, make);
  }
  // Turns are laid out whole beforehand, and taken batch by batch: what goes within a turn may be another tensor of the same part.
  expect(read.bytes / planned.bytesReadAgain).toBeCloseTo(1, 1);
});
