/** Images read in one run: to the bit what each is alone, in fewer runs, and no more held than before. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HeadSpec } from '../graph/head.ts';
import { captureKv } from './forward.ts';
import { generateAll } from './generate.ts';
import { fusedHead, logitRows } from './head.ts';
import { rest } from './past.ts';
import type { Sequence } from './prefill.ts';
import type { Prepared } from './prepare.ts';
import type { RowSpec } from './protocol/intervention.ts';
import { readTogether } from './read-together.ts';
import type { ResidentSubject } from './resident.ts';
import type { ModelId } from './subject.ts';
import type { CapturedKv } from './swap.ts';
import { goldenModel, type GoldenModel } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { type GoldenCase, readGolden } from './testing/goldens.ts';

afterEach(() => vi.restoreAllMocks());

// The second adds image features after layers.
describe.each(['untied-gqa4-f32', 'qwen3-untied-bf16'])('%s', (checkpoint) => {
  let model: GoldenModel;
  let subject: ResidentSubject;
  /** Two of one size, one of another, and the first again. */
  let prompts: readonly Prepared[];

  beforeAll(async () => {
    model = await goldenModel(checkpoint);
    const { layers } = model.folder.config.text;
    subject = { layers: Array.from({ length: layers }, () => model.resident), rest: model.resident };
    const item = (await readGolden(readFromDisk, checkpoint)).cases['square'] as GoldenCase;
    const pictures = ['square', 'wide', 'square-source', 'square'];
    prompts = await Promise.all(pictures.map((picture) => model.prepare(item, [picture])));
  });

  const capture = (prepared: Prepared, positions?: readonly number[]): Promise<CapturedKv> =>
    captureKv(model.runtime, subject, prepared.sequence, undefined, positions);

  /** Captures all, as one request does or each by itself: what is captured, the sizes of runs, and cells counted. */
  async function captureAll(together: boolean, positions?: readonly number[]) {
    const { beginnings, decoder, account, backend } = model.runtime;
    const runs = vi.spyOn(decoder, 'run');
    const [cells, held] = [account.cells, backend.heldBytes];
    const captured: CapturedKv[] = [];
    const asked = prompts.map(({ sequence }) => ({ sequence, asked: positions }));
    await beginnings.reading(together ? asked : [], async () => {
      for (const prepared of prompts) captured.push(await capture(prepared, positions));
    });
    const sizes = runs.mock.calls.map(([, , , { hidden }]) => hidden?.dims[0]);
    runs.mockRestore();
    expect(backend.heldBytes).toBe(held);
    return { captured, sizes, cells: account.cells - cells };
  }

  it('captures of several prompts are those of each alone', async () => {
    await capture(prompts[0] as Prepared);
    const alone = await captureAll(false);
    expect(alone.sizes).toEqual([1, 1, 1, 1]);
    const together = await captureAll(true);
    expect(together).toEqual({ ...alone, sizes: [3, 1] });
    expect(together.captured[2]).not.toEqual(together.captured[0]);
    // A part of an image is read no further.
    const [first = 0] = (prompts[0] as Prepared).sequence.imagePositions;
    const part = await captureAll(true, [first + 1]);
    expect(part).toEqual({ ...(await captureAll(false, [first + 1])), sizes: [3, 1] });
    expect(part.cells).toBeLessThan(together.cells);
  });

  it('prompts whose images have other angles, as of another shape, are read apart', async () => {
    const [first, , third] = prompts as [Prepared, Prepared, Prepared];
    const { cos, sin } = third.sequence.rotary;
    const at = (cos.length / third.sequence.length) * (third.sequence.imagePositions[0] as number);
    const rotary = { cos, sin: sin.map((value, index) => (index === at ? value + 0.1 : value)) };
    const turned = { ...third, sequence: { ...third.sequence, rotary } };
    const { beginnings, decoder } = model.runtime;
    const alone = await capture(turned);
    const asked = [first, turned].map(({ sequence }) => ({ sequence, asked: null }));
    const runs = vi.spyOn(decoder, 'run');
    const together = await beginnings.reading(asked, async () => [
      await capture(first),
      await capture(turned),
    ]);
    expect(runs.mock.calls.map(([, , , { hidden }]) => hidden?.dims[0])).toEqual([1, 1]);
    expect(together[1]).toEqual(alone);
    expect(together[1]).not.toEqual(await capture(third));
  });

  it('answers to swaps of several prompts are those of each alone', async () => {
    const { runtime } = model;
    const { layers } = model.folder.config.text;
    const source = await capture(prompts[2] as Prepared);
    const swaps = Array.from({ length: layers }, (_, layer): RowSpec => ({
      swap: { source: 'other', layers: Array.from({ length: layers - layer }, (_, above) => layer + above) },
    }));
    const rows = [{}, ...swaps];
    const asked = prompts.map(({ sequence, nextPosition }) => ({
      ...{ sequence, nextPosition, rows, maxNewTokens: 8, rowsPerPrefill: 100 },
    }));
    const options = { sampling: { temperature: 0, seed: 0 }, sources: new Map([['other', source]]) };
    // A plain row reads no image before others do: nothing is read ahead of the last.
    const mixed = [...asked, { ...(asked[3] as (typeof asked)[number]), rows: [{}] }];
    const { account } = runtime;
    const before = account.cells;
    const alone = [];
    for (const prompt of mixed) alone.push(...(await generateAll(runtime, subject, [prompt], options)));
    const counted = account.cells - before;
    const runs = vi.spyOn(runtime.decoder, 'run');
    expect(await generateAll(runtime, subject, mixed, options)).toEqual(alone);
    expect(account.cells - before).toBe(2 * counted);
    // The image's positions of three, then of the third what comes after it in rows.
    const [image = 0] = (prompts[0] as Prepared).sequence.imagePositions;
    const past = runs.mock.calls.map(([, , , feeds]) => [feeds['hidden'], feeds['0.past_key']]);
    expect(past[0]?.map((tensor) => tensor?.dims[0])).toEqual([3, 1]);
    expect(past[0]?.[1]?.dims[2]).toBe(image);
  });

  it('plain prompts that are as long after the same text are read together, also by layers of two models', async () => {
    const { runtime, folder } = model;
    const { account, backend, decoder } = runtime;
    const { layers } = folder.config.text;
    const other = { ...model.resident, id: 'other' as ModelId };
    const stitched = Array.from({ length: layers }, (_, layer) => (layer > 0 ? other : model.resident));
    const { cases } = await readGolden(readFromDisk, checkpoint);
    const text = await model.prepare(cases['text'] as GoldenCase);
    const longer = await model.prepare(cases['square'] as GoldenCase, ['square'], [5, 6]);
    const plain = { rows: [{}], maxNewTokens: 8, rowsPerPrefill: 100 };
    const [square] = prompts as readonly [Prepared];
    const asked = [
      ...[text, ...prompts, text, longer].map((prepared) => ({ ...prepared, ...plain })),
      { ...square, ...plain, rows: [{ ablate: [{ layer: 1, part: 'mlp' as const }] }] },
    ];
    const options = { sampling: { temperature: 0, seed: 0 }, sources: new Map() };
    for (const [model, pieces] of [
      [subject, 1],
      [{ ...subject, layers: stitched }, 2],
    ] as const) {
      const eachAlone = async () => {
        const answers = [];
        for (const prompt of asked) answers.push(...(await generateAll(runtime, model, [prompt], options)));
        return answers;
      };
      // From here on the texts before are known.
      await eachAlone();
      const [before, held] = [account.cells, backend.heldBytes];
      const alone = await eachAlone();
      const counted = account.cells;
      const runs = vi.spyOn(decoder, 'run');
      expect(await generateAll(runtime, model, asked, options)).toEqual(alone);
      expect(account.cells - counted).toBe(counted - before);
      expect(backend.heldBytes).toBe(held);
      const sizes = runs.mock.calls.map(([, , , { hidden }]) => hidden?.dims[0]);
      const each = [2, 3, 1, 1].flatMap((size) => new Array<number>(pieces).fill(size));
      expect(sizes.slice(0, each.length)).toEqual(each);
      runs.mockRestore();
    }
  });

  it('logits of prompts read together are those of each alone, to the bit', async () => {
    const { backend, decoder, beginnings } = model.runtime;
    const spec = fusedHead(model.resident, 'logits') as HeadSpec;
    const [square, , other] = prompts.map(({ sequence }) => sequence) as [Sequence, Sequence, Sequence];
    const text = Math.min(...square.imagePositions);
    const before = await beginnings.read(subject, square, text);
    const logitsOf = async (...whole: readonly Sequence[]): Promise<readonly Float32Array[]> => {
      const sequences = whole.map((sequence) => rest(sequence, text));
      const positions = sequences.map(({ length }, slot) => slot * length + length - 1);
      const head = { spec, positions };
      const read = await readTogether(backend, decoder, subject, sequences, { before, head });
      beginnings.release(read.fresh);
      return logitRows(read.outputs, positions.length);
    };
    const together = await logitsOf(square, other, square);
    expect(together).toEqual([...(await logitsOf(square)), ...(await logitsOf(other)), together[0]]);
    expect(together[1]).not.toEqual(together[0]);
    beginnings.release(before);
  });

  it('what is not asked for after all is given back, and counts as no work', async () => {
    const { beginnings, account, backend } = model.runtime;
    const [cells, held] = [account.cells, backend.heldBytes];
    const asked = prompts.map(({ sequence }) => ({ sequence, asked: null }));
    const stopped = beginnings.reading(asked, async () => {
      await capture(prompts[0] as Prepared);
      expect(backend.heldBytes).toBeGreaterThan(held);
      throw new Error('stop');
    });
    await expect(stopped).rejects.toThrow('stop');
    expect(backend.heldBytes).toBe(held);
    const read = account.cells - cells;
    await capture(prompts[0] as Prepared);
    expect(account.cells - cells).toBe(2 * read);
  });

  it('each is read by itself where memory is stated', async () => {
    const { beginnings, graphs } = model.runtime;
    const prepared = prompts.map(({ sequence }) => ({ sequence, asked: null }));
    await graphs.keepTo(2 ** 28);
    const runs = vi.spyOn(model.runtime.decoder, 'run');
    await beginnings.reading(prepared, () => capture(prompts[0] as Prepared));
    expect(runs.mock.calls.map(([, , , { hidden }]) => hidden?.dims[0])).toEqual([1]);
    await graphs.keepTo(Infinity);
  });
});
