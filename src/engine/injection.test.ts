/** DeepStack: what each projector makes of an image, where it is added, and what swaps make of that. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { captureKv, forward } from './forward.ts';
import { generate } from './generate.ts';
import type { RowSpec } from './protocol/intervention.ts';
import type { ResidentSubject } from './resident.ts';
import type { GoldenModel } from './testing/golden-model.ts';
import { goldenModel } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import type { Golden, GoldenCase } from './testing/goldens.ts';
import { readGolden } from './testing/goldens.ts';
import { relativeError } from '../statistics/relative-error.ts';

const CHECKPOINTS = ['qwen3-untied-bf16', 'qwen3-tied-f16'] as const;

const whole = ({ resident }: GoldenModel): ResidentSubject => ({
  layers: Array.from({ length: resident.config.text.layers }, () => resident),
  rest: resident,
});

describe.each(CHECKPOINTS)('%s', (name) => {
  let model: GoldenModel;
  let golden: Golden;
  const square = (): GoldenCase => golden.cases['square'] as GoldenCase;

  beforeAll(async () => {
    model = await goldenModel(name);
    golden = await readGolden(readFromDisk, name);
  });

  it('adds after layers 0, 1 and 2 what transformers adds, at image positions and nowhere else', async () => {
    const { hiddenSize } = model.resident.config.text;
    for (const [key, item] of Object.entries(golden.cases)) {
      const { injections, imagePositions } = (await model.prepare(item)).sequence;
      expect(injections.map(({ layer }) => layer)).toEqual(item.images.length > 0 ? [0, 1, 2] : []);
      for (const { layer, values } of injections) {
        const at = (position: number) => values.subarray(position * hiddenSize, (position + 1) * hiddenSize);
        const added = imagePositions.flatMap((position) => [...at(position)]);
        const error = relativeError(added, golden.tensor(`${key}.vision.deepstack.${layer}`));
        expect(error, `${key} ${layer}`).toBeLessThan(1e-4);
        const beside = [...item.inputIds.keys()].filter((position) => !imagePositions.includes(position));
        expect(beside.every((position) => at(position).every((value) => value === 0))).toBe(true);
      }
    }
  });

  it('adds it while the prompt is read, and in no step of decoding', async () => {
    const { sequence, nextPosition } = await model.prepare(square());
    const runs = vi.spyOn(model.runtime.decoder, 'run');
    const loops = vi.spyOn(model.runtime.decoder, 'runLoop');
    await generate(model.runtime, whole(model), sequence, {
      rows: [{}],
      maxNewTokens: 4,
      sampling: { temperature: 0, seed: 0 },
      nextPosition,
      sources: new Map(),
      rowsPerPrefill: 1,
    });
    const injected = runs.mock.calls.map(([, , { injections }]) => injections?.length ?? 0);
    const fed = loops.mock.calls.flatMap(([, , feeds]) => Object.keys(feeds));
    vi.restoreAllMocks();
    // What stands before the image, and the rest of the prompt; then three steps in a loop.
    expect(injected).toEqual([3, 3]);
    expect(fed).toContain('steps');
    expect(fed.filter((name) => name.includes('injection'))).toEqual([]);
  });

  it('reads as the source does where all layers are swapped, whatever becomes of the injection', async () => {
    // Keys and values of every layer are the source's: the target's own states at image positions are read by nobody.
    const { sequence } = await model.prepare(square());
    const other = (await model.prepare(square(), ['square-source'])).sequence;
    const sources = new Map([['other', await captureKv(model.runtime, whole(model), other)]]);
    const layers = [...whole(model).layers.keys()];
    const rows = (['kept', 'source', 'removed'] as const).map((injection): RowSpec => ({
      swap: { source: 'other', layers, injection },
    }));
    const options = { capture: {}, sources, rowsPerPrefill: 3 };
    const [wanted] = await forward(model.runtime, whole(model), other, { ...options, rows: [{}] });
    for (const row of await forward(model.runtime, whole(model), sequence, { ...options, rows })) {
      expect(relativeError(row.logits, wanted?.logits ?? [])).toBeLessThan(1e-5);
    }
  });

  it('changes the injection at the positions that a swap names, and at no other', async () => {
    const { sequence } = await model.prepare(square());
    const { imagePositions } = sequence;
    const half = imagePositions.slice(0, imagePositions.length / 2);
    const own = await captureKv(model.runtime, whole(model), sequence, undefined, half);
    const row = (injection: 'source' | 'removed'): RowSpec => ({
      swap: { source: 'own', layers: [3], positions: half, injection },
    });
    const hiddenOf = async (rows: readonly RowSpec[]) => {
      const options = {
        capture: { hidden: 'all' },
        sources: new Map([['own', own]]),
        rowsPerPrefill: 3,
      } as const;
      return (await forward(model.runtime, whole(model), sequence, { ...options, rows })).map(
        ({ hidden }) => hidden?.[1] ?? new Float32Array(),
      );
    };
    const [plain, self, removed] = (await hiddenOf([{}, row('source'), row('removed')])) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    expect([...self]).toEqual([...plain]);
    const { hiddenSize } = model.resident.config.text;
    const first = sequence.injections[0]?.values ?? new Float32Array();
    const expected = plain.map((value, index) =>
      half.includes(Math.floor(index / hiddenSize)) ? value - (first[index] as number) : value,
    );
    expect(relativeError(removed, expected)).toBeLessThan(1e-6);
  });

  it('goes with an ablated layer where that is asked for, whose output is then its input', async () => {
    const { sequence } = await model.prepare(square());
    const { hiddenSize } = model.resident.config.text;
    const hiddenOf = async (rows: readonly RowSpec[], of = sequence) =>
      (
        await forward(model.runtime, whole(model), of, {
          ...{ rows, capture: { hidden: 'all' }, sources: new Map(), rowsPerPrefill: 4 },
        })
      ).map(({ hidden, logits }) => ({ hidden: hidden as readonly Float32Array[], logits }));
    for (const layer of [0, 1, 2]) {
      const ablate = (injection: 'kept' | 'removed', part: 'layer' | 'mlp' = 'layer'): RowSpec => ({
        ablate: [{ layer, part, injection }],
      });
      const rows = [{}, ablate('kept'), ablate('removed'), ablate('removed', 'mlp')];
      const [, kept, removed, half] = await hiddenOf(rows);
      // Hidden states begin with those that enter the first layer.
      expect([...(removed?.hidden[layer + 1] ?? [])]).toEqual([...(removed?.hidden[layer] ?? [])]);
      const injected = sequence.injections[layer]?.values as Float32Array;
      const added = (kept?.hidden[layer] as Float32Array).map(
        (value, at) => value + (injected[at] as number),
      );
      expect(relativeError(kept?.hidden[layer + 1] as Float32Array, added)).toBeLessThan(1e-6);
      expect(injected.length).toBe(sequence.length * hiddenSize);
      // A prompt after whose layer nothing is injected to begin with.
      const bare = {
        ...sequence,
        injections: sequence.injections.filter((one) => one.layer !== layer),
      };
      const wanted = await hiddenOf([ablate('kept'), ablate('kept', 'mlp')], bare);
      for (const [index, row] of [removed, half].entries()) {
        expect(relativeError(row?.logits ?? [], wanted[index]?.logits ?? [])).toBeLessThan(1e-5);
      }
    }
  });

  it('is nothing that an ablation could take away where a prompt has no image', async () => {
    const { sequence } = await model.prepare(golden.cases['text'] as GoldenCase);
    const ablate = (injection: 'kept' | 'removed'): RowSpec => ({
      ablate: [{ layer: 1, part: 'layer', injection }],
    });
    const [kept, removed] = await forward(model.runtime, whole(model), sequence, {
      ...{ rows: [ablate('kept'), ablate('removed')], capture: {}, sources: new Map(), rowsPerPrefill: 2 },
    });
    expect([...(removed?.logits ?? [])]).toEqual([...(kept?.logits ?? [0])]);
  });

  it('refuses positions beyond the prompt, and features of another model, by name', async () => {
    const { sequence } = await model.prepare(square());
    const own = await captureKv(model.runtime, whole(model), sequence);
    const run = (swap: Partial<RowSpec['swap']>, source = own) =>
      forward(model.runtime, whole(model), sequence, {
        rows: [{ swap: { source: 'own', layers: [3], injection: 'source', ...swap } }],
        capture: {},
        sources: new Map([['own', source]]),
        rowsPerPrefill: 1,
      });
    await expect(run({ positions: [sequence.length] })).rejects.toMatchObject({ name: 'UnknownPosition' });
    await expect(run({}, { ...own, injections: [] })).rejects.toMatchObject({ name: 'IncompatibleSource' });
  });
});

it('is refused to a model without DeepStack, whose results it could not change', async () => {
  const model = await goldenModel('untied-gqa4-f32');
  const golden = await readGolden(readFromDisk, 'untied-gqa4-f32');
  const { sequence } = await model.prepare(golden.cases['square'] as GoldenCase);
  const sources = new Map([['own', await captureKv(model.runtime, whole(model), sequence)]]);
  const swap = { source: 'own', layers: [1], injection: 'removed' } as const;
  const work = forward(model.runtime, whole(model), sequence, {
    rows: [{ swap }],
    capture: {},
    sources,
    rowsPerPrefill: 1,
  });
  await expect(work).rejects.toMatchObject({ name: 'NoInjection' });
});
