/** A golden checkpoint on the CPU build of onnxruntime-web, below the engine: for tests of its parts, in Node. */
import { ort } from './one-thread-ort.ts';
import { WasmBackend } from '../backend/wasm.ts';
import type { Folder } from '../folder.ts';
import { openFolder } from '../folder.ts';
import type { Prepared } from '../prepare.ts';
import { PromptPreparer } from '../prepare.ts';
import type { Resident } from '../resident.ts';
import type { Runtime } from '../runtime.ts';
import { createRuntime } from '../runtime.ts';
import { storedEmbedding } from '../stored-embedding.ts';
import type { ModelId } from '../subject.ts';
import { WeightArrays } from '../weights/arrays.ts';
import { loadWeights } from '../weights/load.ts';
import { headShards, planWeights } from '../weights/plan.ts';
import type { GoldenCase } from './goldens.ts';
import { goldenFolder, goldenImages } from './goldens.ts';
import { readFromDisk } from './goldens-from-disk.ts';
import { INLINE } from './inline-surroundings.ts';

export function wasmBackend(): WasmBackend {
  return new WasmBackend(ort);
}

export interface GoldenModel {
  readonly runtime: Runtime;
  readonly folder: Folder;
  readonly resident: Resident;
  /** The case's prompt, with `images` in place of its own if given, and tokens after it. */
  prepare(item: GoldenCase, images?: readonly string[], continuation?: readonly number[]): Promise<Prepared>;
}

/** `maxTensorBytes` splits the head as a device with that limit would. */
export async function goldenModel(
  name: string,
  runtime: Runtime = createRuntime(wasmBackend()),
  maxTensorBytes = runtime.backend.maxTensorBytes,
): Promise<GoldenModel> {
  const id = name as ModelId;
  const folder = await openFolder(id, name, await goldenFolder(readFromDisk, name));
  const { config, checkpoint } = folder;
  const arrays = new WeightArrays(runtime.backend);
  await loadWeights(checkpoint, planWeights(config, 'f32', maxTensorBytes), arrays, {
    convert: INLINE.convert,
  });
  const resident: Resident = {
    id,
    config,
    dtype: 'f32',
    format: 'f32',
    arrays,
    headShards: headShards(config.text, 'f32', maxTensorBytes),
    embedding: storedEmbedding(checkpoint, config.text),
  };
  const pictures = await goldenImages(readFromDisk);
  const preparer = new PromptPreparer(runtime.vision, pictures.decode);
  return {
    runtime,
    folder,
    resident,
    prepare: async (item, images = item.images, continuation = []) => {
      const files = await Promise.all(images.map((image) => pictures.file(image)));
      return preparer.prepare(folder, resident, { messages: item.messages, images: files }, continuation);
    },
  };
}
