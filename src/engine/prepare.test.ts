/** Preparing prompts: what is remembered, what is refused before it costs, and where a cancel is heard. */
import { describe, expect, it, vi } from 'vitest';
import { NamedError } from '../named-error.ts';
import type { ImageReading, PromptSpec } from './protocol/prompt.ts';
import type { Prepared } from './prepare.ts';
import { PromptPreparer } from './prepare.ts';
import { preprocessorFor } from '../vlm/image-processor-files.ts';
import type { RgbImage } from '../vlm/patches.ts';
import { goldenModel } from './testing/golden-model.ts';

/** A picture as large as its file, all of one colour. */
const decode = (file: Blob): Promise<RgbImage> =>
  Promise.resolve({ width: 112, height: 56, rgb: new Uint8Array(112 * 56 * 3).fill(file.size) });
const picture = (shade: number): Blob => new Blob([new Uint8Array(shade)]);

async function stage() {
  const { runtime, folder, resident } = await goldenModel('untied-gqa4-f32');
  const tower = vi.spyOn(runtime.vision, 'embedAll');
  /** How many images the tower has seen. */
  const seen = (): number => tower.mock.calls.reduce((sum, [, images]) => sum + images.length, 0);
  const preparer = new PromptPreparer(runtime.vision, decode);
  const prepare = (prompt: string, images: readonly Blob[], signal?: AbortSignal) =>
    preparer.prepare(folder, resident, { prompt, images }, [], signal);
  return { runtime, folder, resident, preparer, prepare, seen };
}

describe('images', () => {
  it('go through the vision tower once each, also within one prompt', async () => {
    const { prepare, seen } = await stage();
    const { imageEmbeddings } = await prepare('What?', [picture(10), picture(200), picture(10)]);
    expect(seen()).toBe(2);
    expect(imageEmbeddings[2]).toEqual(imageEmbeddings[0]);
    expect(imageEmbeddings[1]).not.toEqual(imageEmbeddings[0]);
    await prepare('And now?', [picture(200)]);
    expect(seen()).toBe(2);
  });

  it('are remembered for each checkpoint apart', async () => {
    const { preparer, folder, resident, seen } = await stage();
    const ask = (id: string) =>
      preparer.prepare(folder, { ...resident, id: id as never }, { prompt: 'What?', images: [picture(10)] });
    await ask('a');
    await ask('b');
    expect(seen()).toBe(2);
    preparer.forget({ ...resident, id: 'a' as never });
    await ask('b');
    expect(seen()).toBe(2);
    await ask('a');
    expect(seen()).toBe(3);
  });

  it('are scaled down to the limit of the question, and remembered for that limit', async () => {
    const { preparer, folder, resident, seen } = await stage();
    const ask = async (maxImagePixels?: number) => {
      const limit = maxImagePixels === undefined ? {} : { maxImagePixels };
      const spec = { prompt: 'What?', images: [picture(10)], ...limit };
      return (await preparer.prepare(folder, resident, spec)).imageSpans[0]?.[1];
    };
    // 112 × 56 pixels are 4 × 2 merge units of 28; half the pixels hold 3 × 1.
    expect(await ask()).toBe(8);
    expect(await ask((112 * 56) / 2)).toBeLessThanOrEqual(4);
    expect(await ask(10 ** 9)).toBe(8);
    expect(seen()).toBe(2);
  });

  it('are read, and remembered, for each image processing and each limit apart', async () => {
    const { runtime, folder, resident, seen } = await stage();
    const decoded: string[] = [];
    const preparer = new PromptPreparer(runtime.vision, (file, processing) => {
      decoded.push(processing);
      return decode(file);
    });
    const ask = (reading: ImageReading) =>
      preparer.prepare(folder, resident, { prompt: 'What?', images: [picture(10)], ...reading });
    await ask({});
    await ask({ imageProcessing: 'transformers-5' });
    await ask({ imageProcessing: 'transformers-4.51' });
    await ask({ imageProcessing: 'transformers-4.51', maxImagePixels: 3136 });
    await ask({ imageProcessing: 'transformers-4.51' });
    expect(decoded).toEqual(['transformers-5', 'transformers-4.51', 'transformers-4.51']);
    expect(seen()).toBe(3);
  });

  it('are scaled down to 1280 × 720 pixels where the question says nothing, whatever the checkpoint allows', async () => {
    const { runtime, folder, resident } = await goldenModel('untied-gqa4-f32');
    const large = { width: 1400, height: 1008, rgb: new Uint8Array(1400 * 1008 * 3) };
    const tower = vi
      .spyOn(runtime.vision, 'embedAll')
      .mockImplementation(({ config }, images) =>
        Promise.resolve(
          images.map(
            ({ grid: [, rows, columns] }) =>
              new Float32Array((rows * columns * config.vision.outHiddenSize) / 4),
          ),
        ),
      );
    const seen = (): number => tower.mock.calls.reduce((sum, [, images]) => sum + images.length, 0);
    const preparer = new PromptPreparer(runtime.vision, () => Promise.resolve(large));
    const own = { ...preprocessorFor(folder.preprocessors, 'transformers-5'), maxPixels: 12_845_056 };
    const hub = { ...folder, preprocessors: { 'transformers-5': own, 'transformers-4.51': own } };
    const tokens = async (reading: ImageReading): Promise<number | undefined> => {
      const spec = { prompt: 'What?', images: [picture(10)], ...reading };
      return (await preparer.prepare(hub, resident, spec)).imageSpans[0]?.[1];
    };
    // As transformers makes of it with max_pixels 921600: 29 × 40 (`tools/goldens/image_profiles.py`); 36 × 50 without.
    expect(await tokens({})).toBe(29 * 40);
    expect(await tokens({ maxImagePixels: 1280 * 720 })).toBe(29 * 40);
    expect(seen()).toBe(1);
    expect(await tokens({ maxImagePixels: 10 ** 7 })).toBe(36 * 50);
  });

  it('of a limit that the checkpoint cannot keep are refused', async () => {
    const { preparer, folder, resident, seen } = await stage();
    const own = preprocessorFor(folder.preprocessors, 'transformers-5');
    const ask = (maxImagePixels: number, resize: boolean) => {
      const preprocessors = { ...folder.preprocessors, 'transformers-5': { ...own, resize } };
      const spec = { prompt: 'What?', images: [picture(10)], maxImagePixels };
      return preparer.prepare({ ...folder, preprocessors }, resident, spec);
    };
    await expect(ask(own.minPixels - 1, true)).rejects.toMatchObject({ name: 'PixelLimitTooLow' });
    await expect(ask(112 * 56 - 1, false)).rejects.toMatchObject({ name: 'ImageAboveLimit' });
    expect(seen()).toBe(0);
    expect((await ask(112 * 56, false)).imageSpans[0]?.[1]).toBe(8);
    await expect(ask(112 * 56 - 1, false)).rejects.toMatchObject({ name: 'ImageAboveLimit' });
  });

  it('are asked for a processor that can be read; text is not', async () => {
    const { preparer, folder, resident } = await stage();
    const unreadable = new NamedError('InvalidJson', 'cut short', { file: 'processor_config.json' }, '');
    const preprocessors = { ...folder.preprocessors, 'transformers-5': unreadable };
    const ask = (images: readonly Blob[]) =>
      preparer.prepare({ ...folder, preprocessors }, resident, { prompt: 'What?', images });
    await expect(ask([picture(10)])).rejects.toBe(unreadable);
    expect((await ask([])).inputIds.length).toBeGreaterThan(0);
  });

  it('do not go through the vision tower for a prompt that is refused', async () => {
    const { prepare, preparer, folder, resident, seen } = await stage();
    await expect(prepare('  ', [picture(10)])).rejects.toMatchObject({ name: 'EmptyPrompt' });
    const { text } = folder.config;
    const short = { ...folder, config: { ...folder.config, text: { ...text, maxPositionEmbeddings: 8 } } };
    const long = preparer.prepare(short, resident, { prompt: 'What?', images: [picture(10)] });
    await expect(long).rejects.toMatchObject({ name: 'PromptTooLong' });
    expect(seen()).toBe(0);
  });
});

describe('prompts of one request', () => {
  /** A picture of one shade whose file says that it has so many pixels. */
  const stated = (shade: number, width: number, height = 1000): Blob => {
    const header = new DataView(new ArrayBuffer(32 + shade));
    header.setUint32(0, 0x89504e47);
    header.setUint32(16, width);
    header.setUint32(20, height);
    return new Blob([header.buffer]);
  };
  const asks = (...images: readonly (readonly Blob[])[]) =>
    images.map((own, index) => ({ prompt: `What is in ${index} pictures?`, images: own }));

  it('are what each is alone, and each image is seen once', async () => {
    const { folder, resident, preparer, runtime, seen } = await stage();
    const specs = asks([stated(1, 10)], [], [stated(2, 10), stated(1, 10)], [picture(90)], [stated(2, 10)]);
    const together = await preparer.prepareAll(folder, resident, specs);
    expect(seen()).toBe(3);
    const alone = new PromptPreparer(runtime.vision, decode);
    const timeless = ({ visionSeconds: _, ...prepared }: Prepared) => prepared;
    for (const [index, spec] of specs.entries())
      expect(timeless(together[index] as Prepared)).toEqual(
        timeless(await alone.prepare(folder, resident, spec)),
      );
    expect(together.map(({ imageSpans }) => imageSpans.length)).toEqual([1, 0, 2, 1, 1]);
  });

  it('are decoded beside each other as far as their pixels go', async () => {
    const { folder, resident, runtime } = await stage();
    let [now, most, awaited] = [0, 0, 0];
    const preparer = new PromptPreparer(runtime.vision, async (file) => {
      most = Math.max(most, ++now);
      // Until as many have begun as may; a busy machine may be late with the next.
      for (let turn = 0; turn < 1 || (most < awaited && turn < 1000); turn += 1)
        await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      return decode(file);
    });
    const atOnce = async (expected: number, ...images: readonly Blob[]): Promise<number> => {
      [most, awaited] = [0, expected];
      await preparer.prepareAll(folder, resident, asks(...images.map((image) => [image])));
      return most;
    };
    expect(await atOnce(4, stated(1, 500), stated(2, 500), stated(3, 500), stated(4, 500))).toBe(4);
    expect(await atOnce(2, stated(5, 1000), stated(6, 1000), stated(7, 1000), stated(8, 1000))).toBe(2);
    // A file that does not say how large it is goes alone.
    expect(await atOnce(1, picture(9), picture(10), picture(11))).toBe(1);
  });

  it('fail with the error of the first that has one, whichever comes up first', async () => {
    const { folder, resident, runtime, seen } = await stage();
    const preparer = new PromptPreparer(runtime.vision, async (file) => {
      // Those asked first fail last.
      await new Promise((resolve) => setTimeout(resolve, 200 - file.size));
      if (file.size > 32 + 100) return decode(file);
      throw new NamedError('NotAnImage', `${file.size} bytes`, {}, '');
    });
    const [good, bad, worse] = [stated(101, 10), stated(20, 10), stated(99, 10)];
    const fails = (...specs: readonly PromptSpec[]) => preparer.prepareAll(folder, resident, specs);
    const ask = (...images: readonly Blob[]): PromptSpec => ({ prompt: 'What?', images });
    const empty = { prompt: ' ', images: [good] };
    await expect(fails(ask(good), ask(good, bad), ask(worse))).rejects.toMatchObject({ what: '52 bytes' });
    await expect(fails(ask(worse, bad), empty)).rejects.toMatchObject({ what: '131 bytes' });
    await expect(fails(ask(good), empty, ask(worse))).rejects.toMatchObject({ name: 'EmptyPrompt' });
    const unread = new Blob();
    vi.spyOn(unread, 'arrayBuffer').mockRejectedValue(new NamedError('FileChanged', 'gone', {}, ''));
    await expect(fails(ask(bad), ask(unread))).rejects.toMatchObject({ name: 'NotAnImage' });
    await expect(fails(ask(unread), ask(bad))).rejects.toMatchObject({ name: 'FileChanged' });
    expect(seen()).toBe(0);
  });
});
