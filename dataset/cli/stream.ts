import { createWriteStream, mkdirSync, writeFileSync, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { CANVAS } from '../generator/drawing/drawing.ts';
import { rasterise, rasteriseThenResize } from '../generator/drawing/rasterise.ts';
import { SIGHT_CELLS, SIGHT_FIELDS, sights } from '../generator/scene/sights.ts';
import { makeItem, type Item } from '../generator/make-item.ts';
import type { StreamOrder } from './flags.ts';
import { npyHeader } from './npy.ts';

const CHANNELS = 3;

/**
 * Writes items of one task: `items.jsonl`, a line each; `images.npy` of shape [count, size, size, 3], row by row the
 * pictures of the lines, and `sights.npy` of shape [count, 16, 9], what stands in their cells (neither for text-only
 * tasks); `stream.json`, the order itself.
 */
export async function writeStream(order: StreamOrder): Promise<void> {
  const { task, count, seed, size, through, out } = order;
  mkdirSync(out, { recursive: true });
  const lines = createWriteStream(join(out, 'items.jsonl'));
  let pictures: { images: WriteStream; cells: WriteStream } | undefined;
  for (let i = 0; i < count; i++) {
    const item = makeItem(task, { ...order, index: seed + i });
    await write(lines, `${JSON.stringify(line(item, order.size))}\n`);
    if (!item.drawing) continue;
    if (!pictures) {
      const [images, cells] = [join(out, 'images.npy'), join(out, 'sights.npy')];
      pictures = { images: createWriteStream(images), cells: createWriteStream(cells) };
      await write(pictures.images, npyHeader([count, size, size, CHANNELS]));
      await write(pictures.cells, npyHeader([count, SIGHT_CELLS, SIGHT_FIELDS.length]));
    }
    const render = through === 'canvas' ? rasteriseThenResize : rasterise;
    await write(pictures.images, render(item.drawing, size));
    await write(pictures.cells, sights(item.drawing));
  }
  await Promise.all(
    [lines, ...(pictures ? Object.values(pictures) : [])].map((file) => once(file.end(), 'finish')),
  );
  const { kind: _, out: _out, ...settings } = order;
  writeFileSync(join(out, 'stream.json'), `${JSON.stringify({ ...settings, canvas: CANVAS }, null, 2)}\n`);
}

function line(item: Item, size: number) {
  const { drawing, content: _, ...rest } = item;
  return { ...rest, ...(drawing ? { size } : {}) };
}

/** Writes, and waits while the disk is behind. */
async function write(file: WriteStream, data: string | Uint8Array): Promise<void> {
  if (!file.write(data)) await once(file, 'drain');
}
