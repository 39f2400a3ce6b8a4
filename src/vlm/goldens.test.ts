import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { resizeBicubic } from './bicubic.ts';
import type { ChatMessage } from './chat.ts';
import { parseConfig } from './config.ts';
import { type ImageGrid, imageTokens } from './image-grid.ts';
import { mropePositions } from './mrope.ts';
import { patchify } from './patches.ts';
import { parsePreprocessor } from './preprocessor.ts';
import { smartResize } from './smart-resize.ts';
import { createTokenizer } from './tokenizer.ts';
import { visionRotary } from './vision-rotary.ts';
import { windowIndex } from './windows.ts';

const DATA = new URL('../../tools/goldens/data/', import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, DATA), 'utf8'));

interface Tensor {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}
function tensors(path: string): ReadonlyMap<string, Tensor> {
  const file = readFileSync(new URL(path, DATA));
  const start = 8 + Number(file.readBigUInt64LE(0));
  type Entry = [string, { shape: number[]; data_offsets: [number, number] }];
  const header = JSON.parse(file.subarray(8, start).toString()) as Record<string, Entry[1]>;
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(([name, { shape, data_offsets }]) => {
        const [from, to] = data_offsets;
        return [name, { shape, bytes: Uint8Array.from(file.subarray(start + from, start + to)) }];
      }),
  );
}
function tensor(map: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const found = map.get(name);
  if (found === undefined) throw new Error(`no golden tensor ${name}`);
  return found;
}

type Pair = readonly [number, number];
interface ImageGoldens {
  readonly resize: { kind: string; picture?: string; from: Pair; to: Pair }[];
  readonly smartResize: { minPixels: number; maxPixels: number; in: Pair; out: Pair | null }[];
  readonly windows: { gridThw: ImageGrid[]; windowIndex: number[]; windowBoundaries: number[] }[];
  readonly rotaryPositions: { gridThw: ImageGrid[]; positions: Pair[] }[];
  readonly mropePositions: {
    inputIds: number[];
    imageToken: number;
    gridThw: ImageGrid[];
    positionIds: number[][];
    ropeDelta: number;
  }[];
  readonly patches: { picture: string; gridThw: ImageGrid[]; every: number }[];
}
interface TextGoldens {
  readonly strings: { text: string; ids: number[]; decoded: string }[];
  readonly templates: {
    name: string;
    messages: ChatMessage[];
    addGenerationPrompt: boolean;
    addVisionId: boolean;
    text: string;
    ids: number[];
  }[];
}
const images = read('image-processing.json') as ImageGoldens;
const imageTensors = tensors('image-processing.safetensors');
const pictures = tensors('images/images.safetensors');
const folder = 'checkpoints/tied-gqa1-bf16-old';
const config = parseConfig(read(`${folder}/config.json`), 'config.json');

describe('images, as Pillow and transformers have them', () => {
  test.each(images.resize.map((golden, i) => [i, golden] as const))(
    'resize %i',
    (i, { picture, from, to }) => {
      const input =
        picture === undefined ? tensor(imageTensors, `resize.${i}.input`) : tensor(pictures, picture);
      expect(input.shape).toEqual([from[1], from[0], 3]);
      const output = resizeBicubic(input.bytes, ...from, ...to);
      expect(Buffer.compare(output, tensor(imageTensors, `resize.${i}.output`).bytes)).toBe(0);
    },
  );

  test.each(images.smartResize)('smart resize of $in between $minPixels and $maxPixels', (golden) => {
    const { in: from, out, minPixels, maxPixels } = golden;
    const resize = () => Object.values(smartResize(...from, { factor: 28, minPixels, maxPixels }));
    if (out === null) expect(resize).toThrow(expect.objectContaining({ name: 'ImageAspectRatio' }));
    else expect(resize()).toEqual(out);
  });

  test.each(images.patches)('patches of $picture', ({ picture, gridThw, every }) => {
    const preprocessor = parsePreprocessor(
      read(`${folder}/preprocessor_config.json`),
      'preprocessor_config.json',
      config.vision,
    );
    const { shape, bytes } = tensor(pictures, picture);
    const [height = 0, width = 0] = shape;
    const { pixelValues, grid } = patchify({ width, height, rgb: bytes }, preprocessor);
    expect([grid]).toEqual(gridThw);
    const golden = tensor(imageTensors, `patches.${picture}`);
    const expected = new Float32Array(golden.bytes.buffer);
    for (let row = 0; row < (golden.shape[0] ?? 0); row++) {
      const start = row * every * 1176;
      expect(pixelValues.subarray(start, start + 1176)).toEqual(
        expected.subarray(row * 1176, row * 1176 + 1176),
      );
    }
  });

  test.each(images.windows)('windows of $gridThw', (golden) => {
    const index: number[] = [];
    const boundaries = [0];
    for (const grid of golden.gridThw) {
      const own = windowIndex(grid, config.vision);
      const last = boundaries.at(-1) ?? 0;
      const units = index.length;
      index.push(...own.index.map((unit) => unit + units));
      boundaries.push(...own.boundaries.slice(1).map((end) => end + last));
    }
    expect(index).toEqual(golden.windowIndex);
    expect(boundaries).toEqual(golden.windowBoundaries);
  });

  test.each(images.rotaryPositions)('rotary positions of $gridThw', ({ gridThw, positions }) => {
    const quarter = config.vision.hiddenSize / config.vision.heads / 4;
    const sines = gridThw.map((grid) => visionRotary(grid, config.vision).sin);
    const sin = Float32Array.from(sines.flatMap((part) => [...part]));
    positions.forEach(([row, column], patch) => {
      // The first frequency of each axis is 1: its angle is the position.
      expect(sin[patch * 2 * quarter]).toBeCloseTo(Math.sin(row), 6);
      expect(sin[patch * 2 * quarter + quarter]).toBeCloseTo(Math.sin(column), 6);
    });
  });

  test.each(images.mropePositions)('M-RoPE positions of $gridThw', (golden) => {
    const own = { ...config, tokens: { ...config.tokens, image: golden.imageToken } };
    const { axes, next } = mropePositions(golden.inputIds, golden.gridThw, own);
    expect(axes.map((axis) => [...axis])).toEqual(golden.positionIds);
    expect(next).toBe(golden.inputIds.length + golden.ropeDelta);
    const tokens = golden.gridThw.reduce((sum, grid) => sum + imageTokens(grid, 2), 0);
    expect(golden.inputIds.filter((id) => id === golden.imageToken)).toHaveLength(tokens);
  });
});

interface CaseGoldens {
  readonly images: readonly string[];
  readonly inputIds: readonly number[];
  readonly positionIds: readonly (readonly number[])[];
  readonly ropeDelta: number;
  readonly imageGridThw: readonly ImageGrid[];
  readonly pixelValues?: string;
}

describe.each([
  'untied-gqa4-f32',
  'tied-gqa1-bf16-old',
  'qwen2-untied-bf16-old',
  'qwen2-tied-f16',
  'qwen3-untied-bf16',
  'qwen3-tied-f16',
])('prompts of %s, as transformers has them', (name) => {
  const own = `checkpoints/${name}`;
  const config = parseConfig(read(`${own}/config.json`), 'config.json');
  const { cases } = read(`expected/${name}.json`) as { cases: Record<string, CaseGoldens> };

  test.each(Object.entries(cases))('pixels and positions of %s', (_, golden) => {
    const file = 'preprocessor_config.json';
    const preprocessor = parsePreprocessor(read(`${own}/${file}`), file, config.vision);
    const digest = createHash('sha256');
    const grids = golden.images.map((picture) => {
      const { shape, bytes } = tensor(pictures, picture);
      const [height = 0, width = 0] = shape;
      const { pixelValues, grid } = patchify({ width, height, rgb: bytes }, preprocessor);
      digest.update(new Uint8Array(pixelValues.buffer));
      return grid;
    });
    expect(grids).toEqual(golden.imageGridThw);
    expect(grids.length > 0 ? digest.digest('hex') : undefined).toBe(golden.pixelValues);
    const { axes, next } = mropePositions(golden.inputIds, grids, config);
    expect(axes.map((axis) => [...axis])).toEqual(golden.positionIds);
    expect(next).toBe(golden.inputIds.length + golden.ropeDelta);
  });
});

describe('text, as transformers has it', () => {
  const { strings, templates } = read('text.json') as TextGoldens;
  const tokenizer = createTokenizer({
    tokenizerJson: read(`${folder}/tokenizer.json`),
    tokenizerConfig: read(`${folder}/tokenizer_config.json`),
    chatTemplateJson: read(`${folder}/chat_template.json`),
  });

  test.each(strings)('tokens of $text', ({ text, ids, decoded }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids, { skipSpecial: false })).toBe(decoded);
  });

  // We never number pictures: "Picture 1:" is an option of the template that the reference leaves off.
  test.each(templates.filter(({ addVisionId }) => !addVisionId))('chat template: $name', (golden) => {
    const rendered = tokenizer.applyChatTemplate(golden.messages, golden);
    expect(rendered).toBe(golden.text);
    expect(tokenizer.encode(rendered)).toEqual(golden.ids);
  });
});
