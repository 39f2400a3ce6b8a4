/** A checkpoint answers alike, pictures included, whichever release of transformers wrote its config.json. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { ModelId } from './subject.ts';
import { wholeModel } from './subject.ts';
import { wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import type { Golden } from './testing/goldens.ts';
import { goldenFolder, goldenImages, readGolden } from './testing/goldens.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { INLINE } from './testing/inline-surroundings.ts';

const NAME = 'tied-gqa1-bf16-old';

interface Written {
  readonly contents: readonly { readonly config: object }[];
  readonly saved: Readonly<Record<string, readonly number[]>>;
}
/** What `tools/configs/make.py` saved from that checkpoint's config. */
const path = new URL('../../tools/configs/data/golden.json', import.meta.url);
const { starts } = JSON.parse(readFileSync(path, 'utf8')) as { starts: Record<typeof NAME, Written> };
const { contents, saved } = starts[NAME];

/** Logits after each case's prompt, with that config.json in the checkpoint's folder. */
async function logits(golden: Golden, config?: object): Promise<Record<string, unknown>> {
  const images = await goldenImages(readFromDisk);
  const files = await goldenFolder(readFromDisk, NAME);
  if (config) files.set('config.json', new File([JSON.stringify(config)], 'config.json'));
  const engine = new Engine({
    ...INLINE,
    decodeImage: images.decode as never,
    createBackend: () => Promise.resolve(wasmBackend()),
  });
  const id = NAME as ModelId;
  const { layers } = await engine.open(id, NAME, files);
  await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
  const found: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(golden.cases)) {
    const { rows } = await engine.forward({
      job: key,
      subject: wholeModel(id, layers),
      messages: item.messages,
      images: await Promise.all(item.images.map((image) => images.file(image))),
    });
    found[key] = rows[0]?.logits;
  }
  return found;
}

it(`${NAME}: the same logits to the bit`, async () => {
  expect(Object.keys(saved)).toEqual(['4.49.0', '4.56.2', '4.56.2+4.57.6+5.24.0', '5.24.0']);
  const golden = await readGolden(readFromDisk, NAME);
  const own = await logits(golden);
  for (const [key, values] of Object.entries(own)) {
    expect(relativeError(values as Float32Array, golden.tensor(`${key}.logits`)), key).toBeLessThan(1e-3);
  }
  expect(Object.values(golden.cases).some(({ images }) => images.length > 0)).toBe(true);
  for (const { config } of contents) expect(await logits(golden, config)).toEqual(own);
});
