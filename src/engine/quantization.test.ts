import { ort } from './testing/one-thread-ort.ts';
import { describe, expect, it } from 'vitest';
import { readTensorBytes } from '../checkpoint/checkpoint.ts';
import type { TensorEntry } from '../checkpoint/checkpoint.ts';
import { toFloat32 } from '../checkpoint/decoding.ts';
import { writeSafetensors } from '../checkpoint/testing/safetensors.ts';
import { blocksOf } from '../graph/weights.ts';
import { WasmBackend } from './backend/wasm.ts';
import { Engine } from './engine.ts';
import { openFolder } from './folder.ts';
import type { WeightDtype } from './protocol/device.ts';
import type { ModelId } from './subject.ts';
import { wholeModel } from './subject.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { GOLDEN_CHECKPOINTS, goldenFolder, goldenImages, readGolden } from './testing/goldens.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { INLINE } from './testing/inline-surroundings.ts';
import { planWeights } from './weights/plan.ts';
import { dequantizeBlocks, quantizeBlocks } from './weights/quantize.ts';

/** Next-token logits of every case of a golden checkpoint, from folder `files` loaded in `dtype`. */
async function logitsOf(
  name: string,
  files: Map<string, File>,
  dtype: WeightDtype,
): Promise<readonly Float32Array[]> {
  const images = await goldenImages(readFromDisk);
  const engine = new Engine({
    ...INLINE,
    decodeImage: images.decode,
    createBackend: () => Promise.resolve(new WasmBackend(ort)),
  });
  const id = name as ModelId;
  const { layers } = await engine.open(id, name, files);
  await engine.load('load', id, { device: 'wasm', dtype }, () => undefined);
  const { cases } = await readGolden(readFromDisk, name);
  const all: Float32Array[] = [];
  for (const item of Object.values(cases)) {
    const { rows } = await engine.forward({
      job: 'forward',
      subject: wholeModel(id, layers),
      messages: item.messages,
      images: await Promise.all(item.images.map((image) => images.file(image))),
    });
    all.push(rows[0]?.logits as Float32Array);
  }
  return all;
}

/** The folder with every matrix that `dtype` quantizes replaced by what its blocks stand for, in F32. */
async function dequantizedFolder(name: string, dtype: 'q8' | 'q4'): Promise<Map<string, File>> {
  const files = await goldenFolder(readFromDisk, name);
  const { checkpoint, config } = await openFolder('reference' as ModelId, name, files);
  const formats = new Map(
    planWeights(config, dtype, Infinity).map((weight) => [weight.tensor, weight] as const),
  );
  const tensors = [];
  for (const entry of checkpoint.tensors.values() as Iterable<TensorEntry>) {
    let values = toFloat32(await readTensorBytes(checkpoint, entry), entry.dtype);
    const weight = formats.get(entry.name);
    const blocks = weight ? blocksOf(weight.format) : null;
    if (weight && blocks) {
      const { rows, columns } = weight;
      const { bits } = blocks;
      const { packed, scales } = quantizeBlocks(values, rows, columns, bits);
      values = dequantizeBlocks(packed, scales, rows, columns, bits);
    }
    const bytes = new Uint8Array(values.buffer);
    tensors.push({ name: entry.name, dtype: 'F32' as const, shape: entry.shape, bytes });
  }
  const folder = new Map([...files].filter(([file]) => !file.includes('safetensors')));
  return folder.set('model.safetensors', new File([writeSafetensors(tensors)], 'model.safetensors'));
}

/** KL(p ‖ q) in nats of two softmax distributions. */
function divergence(p: Float32Array, q: Float32Array): number {
  const logSoftmax = (logits: Float32Array): Float64Array => {
    const peak = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - peak), 0);
    return Float64Array.from(logits, (logit) => logit - peak - Math.log(total));
  };
  const [logP, logQ] = [logSoftmax(p), logSoftmax(q)];
  return logP.reduce((sum, value, i) => sum + Math.exp(value) * (value - (logQ[i] as number)), 0);
}

describe('quantized weights', () => {
  it.each(
    // A tied head is quantized while its embedding is not: no folder can stand for both.
    GOLDEN_CHECKPOINTS.filter((name) => name.includes('untied')).flatMap((name) =>
      (['q8', 'q4'] as const).map((dtype) => [name, dtype] as const),
    ),
  )('%s in %s computes with exactly the dequantized weights', async (name, dtype) => {
    const actual = await logitsOf(name, await goldenFolder(readFromDisk, name), dtype);
    const expected = await logitsOf(name, await dequantizedFolder(name, dtype), 'f32');
    actual.forEach((logits, index) => {
      expect(relativeError(logits, expected[index] as Float32Array)).toBeLessThan(1e-4);
    });
  });

  it('report how far the next-token distribution moves', async () => {
    const report: Record<string, Record<string, number>> = {};
    for (const name of GOLDEN_CHECKPOINTS) {
      const files = await goldenFolder(readFromDisk, name);
      const exact = await logitsOf(name, files, 'f32');
      const line: Record<string, number> = {};
      for (const dtype of ['f16', 'q8', 'q4'] as const) {
        const rounded = await logitsOf(name, files, dtype);
        line[dtype] =
          exact.reduce((sum, logits, i) => sum + divergence(logits, rounded[i] as Float32Array), 0) /
          exact.length;
      }
      report[name] = line;
      // Half precision holds an F16 checkpoint exactly; each coarser format moves it further.
      expect(line['f16']).toBeLessThan(name.endsWith('f16') ? 1e-9 : 1e-2);
      expect(line['q8']).toBeLessThan(line['q4'] as number);
    }
    console.info(`mean KL of the next-token distribution, nats: ${JSON.stringify(report)}`);
  });
});
