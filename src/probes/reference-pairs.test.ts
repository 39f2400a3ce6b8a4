/**
 * The reference implementation's own pairs through importer and sweep, none of them dropped. They are no part of this
 * repository: REFERENCE_PAIRS names a folder of them, `<task>/data.jsonl` beside `<task>/images/`. Node decodes no JPEG, so that
 * pictures have their own sizes and made-up pixels.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ort } from '../engine/testing/one-thread-ort.ts';
import { describe, expect, it } from 'vitest';
import { demoFolder } from '../demo/testing/demo-from-disk.ts';
import { WasmBackend } from '../engine/backend/wasm.ts';
import { Engine } from '../engine/engine.ts';
import type { ModelId } from '../engine/subject.ts';
import { wholeModel } from '../engine/subject.ts';
import { INLINE } from '../engine/testing/inline-surroundings.ts';
import type { RgbImage } from '../vlm/patches.ts';
import { readPairFolder } from './data/pair-folder.ts';
import { sweepSwaps } from './swap/sweep.ts';

const FOLDER = process.env['REFERENCE_PAIRS'];

function filesOf(root: string): Map<string, Blob> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path), new Blob([readFileSync(path)])]),
  );
}

/** Width and height as a PNG or JPEG file states them. */
function sizeOf(bytes: Buffer): { readonly width: number; readonly height: number } {
  if (bytes.readUInt32BE(0) === 0x89504e47) {
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  let at = 2;
  // Segments up to the frame header, SOF0 to SOF15 without the tables DHT, JPG and DAC among them.
  const isFrame = (marker: number): boolean =>
    marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
  while (!isFrame(bytes.readUInt8(at + 1))) at += 2 + bytes.readUInt16BE(at + 2);
  return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
}

async function madeUp(file: Blob): Promise<RgbImage> {
  const bytes = Buffer.from(await file.arrayBuffer());
  const { width, height } = sizeOf(bytes);
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => bytes[i % bytes.length] ?? 0);
  return { width, height, rgb };
}

describe.skipIf(FOLDER === undefined)('the reference’s pairs', () => {
  it('are read whole, and every one is answered at every layer', { timeout: 1_800_000 }, async () => {
    const files = filesOf(FOLDER as string);
    const { pairs, literalImages } = await readPairFolder(files);
    const lists = [...files].filter(([path]) => path.endsWith('data.jsonl'));
    const texts = await Promise.all(lists.map(([, file]) => file.text()));
    const lines = texts.flatMap((text) => text.split('\n').filter((line) => line.trim() !== ''));
    expect(pairs).toHaveLength(lines.length);
    expect(literalImages).toBe(lines.filter((line) => line.includes('"prompt": "<image>')).length);

    const createBackend = () => Promise.resolve(new WasmBackend(ort));
    const engine = new Engine({ ...INLINE, decodeImage: madeUp, createBackend });
    const id = 'in' as ModelId;
    const opened = await engine.open(id, 'in', await demoFolder('in'));
    await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
    const layers = Array.from({ length: opened.layers }, (_, layer) => layer);
    const subject = wholeModel(id, opened.layers);
    const records = await sweepSwaps(engine, pairs, { subject, layers, mode: 'single', maxNewTokens: 4 });
    expect(records.map(({ task, id: pair }) => `${task}/${pair}`)).toEqual(
      pairs.map(({ task, id: pair }) => `${task}/${pair}`),
    );
    for (const { id: pair, swapped, imageTokens, resampled } of records) {
      expect(
        swapped.map(({ layer }) => layer),
        pair,
      ).toEqual(layers);
      expect(resampled, pair).toBe(imageTokens.target !== imageTokens.source);
    }
  });
});
