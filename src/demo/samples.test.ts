import { expect, test } from 'vitest';
import { PUZZLE_FAMILIES } from '../../dataset/generator/puzzles/families.ts';
import { imageDimensions } from '../image/dimensions.ts';
import { DRAWN_FAMILIES, drawSamples } from './drawn-samples.ts';
import { familiesOf, loadSamples, type Sample, type SampleSet } from './samples.ts';
import { setFromDisk } from './testing/sets-from-disk.ts';

const SIZES: Readonly<Record<SampleSet, number>> = {
  ...{ pairs: 400, 'minimal-pairs': 100, problems: 300 },
  ...{ 'general-vqa': 100, 'math-targeted-vqa': 100, puzzles: 200 },
};
const SETS = Object.keys(SIZES) as SampleSet[];

async function drawn(options: Parameters<typeof drawSamples>[0]): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const sample of drawSamples(options)) samples.push(sample);
  return samples;
}

test.each(SETS)('%s: every sample can be asked and graded', async (set) => {
  const samples = await loadSamples(set, setFromDisk);
  expect(samples).toHaveLength(SIZES[set]);
  expect(new Set(samples.map(({ id }) => id)).size).toBe(samples.length);
  for (const { prompt, answer, image, source } of samples) {
    expect([prompt === '', answer === '']).toEqual([false, false]);
    expect([image === null, source === null]).toEqual([set === 'problems', !set.endsWith('pairs')]);
  }
  expect(familiesOf(samples).length).toBeGreaterThan(1);
});

test.each(SETS)('%s drawn anew: the same for the same seed, others for another', async (set) => {
  const options = { set, family: null, count: DRAWN_FAMILIES[set].length };
  const [once, again, other] = [
    await drawn({ ...options, seed: 5 }),
    await drawn({ ...options, seed: 5 }),
    await drawn({ ...options, seed: 6 }),
  ];
  expect(again.map(({ id, answer }) => [id, answer])).toEqual(once.map(({ id, answer }) => [id, answer]));
  const shown = (samples: Sample[]) =>
    Promise.all(samples.map(async ({ prompt, image }) => [prompt, await image?.arrayBuffer()]));
  expect(await shown(again)).toEqual(await shown(once));
  expect(await shown(other)).not.toEqual(await shown(once));
  for (const { image } of once) {
    if (set === 'problems') expect(image).toBeNull();
    else
      expect(imageDimensions(new Uint8Array(await (image as Blob).arrayBuffer()))).toEqual({
        width: 384,
        height: 384,
      });
  }
});

test('what seed 0 draws is what is committed, pixel files apart', async () => {
  for (const set of ['pairs', 'minimal-pairs'] as const) {
    const [first] = await drawn({ set, family: 'ocr', seed: 0, count: 1 });
    const committed = (await loadSamples(set, setFromDisk)).find(({ family }) => family === 'ocr');
    expect([first?.prompt, first?.answer, first?.source?.answer]).toEqual([
      committed?.prompt,
      committed?.answer,
      committed?.source?.answer,
    ]);
  }
});

test('drawn puzzles are of their family', async () => {
  for (const { family } of await drawn({ set: 'puzzles', family: 'maze', seed: 3, count: 4 }))
    expect(family).toBe('maze');
  expect(Object.keys(PUZZLE_FAMILIES)).toEqual([...DRAWN_FAMILIES.puzzles]);
});

test('drawing stops when told', async () => {
  const controller = new AbortController();
  const seen: Sample[] = [];
  const options = { set: 'puzzles', family: null, seed: 0, count: 100, signal: controller.signal } as const;
  for await (const sample of drawSamples(options)) {
    seen.push(sample);
    if (seen.length === 2) controller.abort();
  }
  expect(seen).toHaveLength(2);
});
