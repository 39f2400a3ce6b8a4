/** Our engine against transformers on the demo family's own files. */
import { ort } from '../../engine/testing/one-thread-ort.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { CANVAS } from '../../../dataset/generator/drawing/drawing.ts';
import { rasterise } from '../../../dataset/generator/drawing/rasterise.ts';
import { makeItem, type Item } from '../../../dataset/generator/make-item.ts';
import type { TaskName } from '../../../dataset/generator/tasks.ts';
import { WasmBackend } from '../../engine/backend/wasm.ts';
import { Engine } from '../../engine/engine.ts';
import { openFolder } from '../../engine/folder.ts';
import type { Folder } from '../../engine/folder.ts';
import { wholeModel, type ModelId } from '../../engine/subject.ts';
import { INLINE } from '../../engine/testing/inline-surroundings.ts';
import { imageTokens } from '../../vlm/image-grid.ts';
import { DEFAULT_IMAGE_PROCESSING } from '../../vlm/image-processing.ts';
import { preprocessorFor } from '../../vlm/image-processor-files.ts';
import { patchify, type RgbImage } from '../../vlm/patches.ts';
import { buildPrompt } from '../../vlm/prompt.ts';
import { createTokenizer } from '../../vlm/tokenizer.ts';
import type { Tokenizer } from '../../vlm/tokenizer.ts';
import { readTokenizerFiles } from '../../vlm/tokenizer-files.ts';
import { demoBytes, demoFolder, demoGolden, type DemoGolden, type DemoName } from './demo-from-disk.ts';
import { sha256Hex } from '../../work/sha256.ts';

const REMAKE = 'the goldens are of other weights: run python tools/goldens/demo.py';
/** Shares of answers that may come near a tie; compared up to there. */
const MOST_NEAR_TIES = 0.1;
/** Answers decoded as rows of one batch, which costs a fraction of one after another; `rows-alone.test.ts` holds them to the same. */
const TOGETHER = 25;
const ALL = process.env['PARITY'] === 'all';

/** @param slice answers compared of each task, where `PARITY=all` does not ask for every one */
export function describeParity(name: DemoName, slice = Infinity): void {
  describe(`${name} against transformers`, () => {
    let golden: DemoGolden;
    let folder: Folder;
    let tokenizer: Tokenizer;
    let engine: Engine;
    const pictures = new Map<string, RgbImage>();

    beforeAll(async () => {
      golden = await demoGolden(name);
      expect(await sha256Hex(await demoBytes(name, 'model.safetensors')), REMAKE).toBe(golden.sha256);
      const id = name as ModelId;
      const files = await demoFolder(name);
      folder = await openFolder(id, name, files);
      tokenizer = createTokenizer(await readTokenizerFiles(files));
      engine = new Engine({
        ...INLINE,
        decodeImage: (file) => Promise.resolve(pictures.get((file as File).name) as never),
        createBackend: () => Promise.resolve(new WasmBackend(ort)),
      });
      await engine.open(id, name, files);
      await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
    });

    const tasks = () => Object.entries(golden.tasks);
    const itemOf = (task: string, index: number): Item =>
      // A range, as the dataset's command line takes it: drawing from it uses up a random number.
      makeItem(task as TaskName, { split: 'eval', index, alignment: [golden.alignment, golden.alignment] });

    /** As the app gets it: a PNG of 384 pixels, which decodes to what was drawn. */
    const pictureOf = ({ id, drawing }: Item): readonly File[] => {
      if (!drawing) return [];
      pictures.set(id, { width: CANVAS, height: CANVAS, rgb: rasterise(drawing, CANVAS) });
      // Images are told apart by their bytes.
      return [new File([id], id)];
    };

    test('tokens of every text, there and back', async () => {
      for (const [task, { textIds }] of tasks()) {
        const ids: (readonly number[])[] = [];
        for (let index = 0; index < golden.items; index++) {
          const { prompt, answer, description, rationale } = itemOf(task, index);
          for (const text of [prompt, answer, description, rationale]) {
            const encoded = tokenizer.encode(text);
            expect(folder.tokenizer.decode(encoded, { skipSpecial: false })).toBe(text);
            ids.push(encoded);
          }
        }
        expect(await sha256Hex(new TextEncoder().encode(JSON.stringify(ids))), task).toBe(textIds);
      }
    });

    test('the chat template, the image processor', async () => {
      const preprocessor = preprocessorFor(folder.preprocessors, DEFAULT_IMAGE_PROCESSING);
      for (const [task, { promptIds, pixelValues }] of tasks()) {
        const item = itemOf(task, 0);
        const [picture] = pictureOf(item);
        const patches = picture && patchify(pictures.get(picture.name) as RgbImage, preprocessor);
        if (patches) {
          expect(imageTokens(patches.grid, folder.config.vision.spatialMergeSize)).toBe(16);
          expect(await sha256Hex(patches.pixelValues as Float32Array<ArrayBuffer>), task).toBe(pixelValues);
        }
        const content = [
          ...(picture ? [{ type: 'image' as const }] : []),
          { type: 'text' as const, text: item.prompt },
        ];
        const { inputIds } = buildPrompt({
          ...{ tokenizer, config: folder.config },
          messages: [{ role: 'user', content }],
          grids: patches ? [patches.grid] : [],
        });
        expect(inputIds, task).toEqual(promptIds);
      }
    });

    test('greedy answers to held-out items', async () => {
      let nearTies = 0;
      let answered = 0;
      const subject = wholeModel(name as ModelId, folder.config.text.layers);
      for (const [task, { answers, near }] of tasks()) {
        expect(answers).toHaveLength(golden.items);
        const compared = answers.slice(0, ALL ? undefined : slice);
        for (let first = 0; first < compared.length; first += TOGETHER) {
          const expected = compared.slice(first, first + TOGETHER);
          const items = expected.map((_, at) => itemOf(task, first + at));
          const said = await engine.generateAll({
            ...{ job: `${task} ${first}`, subject, maxNewTokens: golden.longest },
            prompts: items.map((item) => ({ prompt: item.prompt, images: pictureOf(item) })),
          });
          pictures.clear();
          for (const [at, { id }] of items.entries()) {
            const tie = near[String(first + at)];
            const text = said[at]?.rows[0]?.text;
            if (tie === undefined) expect(text, id).toBe(expected[at]);
            else expect(text?.slice(0, tie), id).toBe(expected[at]?.slice(0, tie));
            nearTies += tie === undefined ? 0 : 1;
            answered += 1;
          }
        }
      }
      expect(nearTies / answered).toBeLessThan(MOST_NEAR_TIES);
    }, 900_000);
  });
}
