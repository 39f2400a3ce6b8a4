/** Rows that are read only where they differ are the rows read whole, and how much is read is counted by hand. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../work/seeded-random.ts';
import type { Tensor } from './backend/backend.ts';
import { Beginnings } from './beginnings.ts';
import { captureKv } from './forward.ts';
import { fusedHead, logitRows } from './head.ts';
import { KvCache } from './kv-cache.ts';
import { KEPT_TEXTS, keptTextBytes } from './estimate.ts';
import { beginning, firstComputed, type HostEntry, templateLength } from './past.ts';
import { prefill } from './prefill.ts';
import type { Prepared } from './prepare.ts';
import type { RowSpec } from './protocol/intervention.ts';
import { readRows } from './read-rows.ts';
import type { ResidentSubject } from './resident.ts';
import { headOf } from './resident.ts';
import { planRows } from './rows.ts';
import type { CapturedKv } from './swap.ts';
import { goldenModel, type GoldenModel } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { type GoldenCase, readGolden } from './testing/goldens.ts';
import { relativeError } from '../statistics/relative-error.ts';

/** READ_TRIALS in the environment draws more. */
const TRIALS = Number(process.env['READ_TRIALS'] ?? 8);
const BOUND = 1e-4;
const PICTURES = ['square', 'square-source', 'wide'] as const;

describe.each(['untied-gqa4-f32', 'qwen3-untied-bf16'])('%s', (checkpoint) => {
  let model: GoldenModel;
  let subject: ResidentSubject;
  let item: GoldenCase;
  let layers: number;
  const random = seededRandom(29);
  const below = (count: number): number => Math.floor(random() * count);

  beforeAll(async () => {
    model = await goldenModel(checkpoint);
    ({ layers } = model.folder.config.text);
    subject = { layers: Array.from({ length: layers }, () => model.resident), rest: model.resident };
    item = (await readGolden(readFromDisk, checkpoint)).cases['square'] as GoldenCase;
  });
  afterEach(() => vi.restoreAllMocks());

  /** Images first, last, two, among words, or none. */
  function prompt(): Promise<Prepared> {
    const text = { type: 'text', text: 'how many red dots '.repeat(1 + below(3)) } as const;
    const image = { type: 'image' } as const;
    const content = [[image, text], [text, image], [image, text, image], [text, image, text], [text]][
      below(5)
    ];
    if (!content) throw new RangeError('five kinds');
    const pictures = content.filter(({ type }) => type === 'image').map(() => PICTURES[below(3)] as string);
    return model.prepare({ ...item, messages: [{ role: 'user', content }] }, pictures);
  }

  const from = (layer: number): number[] => Array.from({ length: layers - layer }, (_, at) => layer + at);

  function row({ sequence }: Prepared): RowSpec {
    const layer = below(layers);
    const kinds: readonly RowSpec[] = [
      {},
      { swap: { source: 's', layers: [layer] } },
      { swap: { source: 's', layers: [layer], reads: 'text' } },
      { swap: { source: 's', layers: from(layer) } },
      {
        swap: {
          source: 's',
          layers: [layer],
          positions: sequence.imagePositions.filter(() => random() < 0.5),
        },
      },
      { swap: { source: 's', layers: [0, layer], positions: [sequence.length - 1] } },
    ];
    const drawn = kinds[below(kinds.length)] as RowSpec;
    const bare = sequence.imagePositions.length === 0 || drawn.swap?.positions?.length === 0;
    const swap = bare ? undefined : drawn.swap;
    const parts = ['layer', 'attention', 'mlp'] as const;
    const set = Array.from({ length: 1 + below(2) }, () => ({
      layer: below(layers),
      part: parts[below(3)] as (typeof parts)[number],
    }));
    const ablated = below(swap ? 6 : 2) === 0 ? { ablate: set } : {};
    if (!swap) return ablated;
    const injected = sequence.injections.length > 0 && below(2) === 0;
    return { ...ablated, swap: { ...swap, ...(injected ? { injection: 'source' } : {}) } };
  }

  /** Logits of each row, and its keys and values `[layer][row × kvHeads × length × headDim]`. */
  async function read(
    { sequence }: Prepared,
    rows: readonly RowSpec[],
    captured: CapturedKv,
    whole: boolean,
  ) {
    const { backend, decoder } = model.runtime;
    const head = fusedHead(headOf(subject), 'logits');
    if (!head) throw new RangeError('the head is split');
    const plan = planRows(rows, layers);
    const store = new KvCache(backend, rows.length, sequence.length);
    const last = plan.slotOf.map((slot) => slot * sequence.length + sequence.length - 1);
    const taken = plan.slotOf.map((slot, index) => ({ slot, row: index }));
    const options = {
      ...{ plan, sources: new Map([['s', captured]]) },
      cache: { store, capacity: sequence.length, rows: taken },
    };
    const { outputs } = whole
      ? {
          outputs: await prefill(backend, decoder, subject, sequence, {
            ...options,
            head: { spec: head, positions: last },
          }),
        }
      : await readRows(model.runtime, subject, sequence, rows, { ...options, head });
    const kept = from(0).map((layer) =>
      (['key', 'value'] as const).flatMap((part) => {
        const tensor = store.past(layer, layer + 1)[`0.past_${part}`] as Tensor;
        const [, , room, width] = tensor.dims as [number, number, number, number];
        const values = tensor.data as Float32Array;
        return [...values].filter((_, index) => Math.floor(index / width) % room < sequence.length);
      }),
    );
    store.dispose();
    return { logits: logitRows(outputs, rows.length).map((values) => values.slice()), kept };
  }

  it('random rows of random prompts, read from where they differ, are the rows read whole', async () => {
    let cut = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const target = await prompt();
      const { backend } = model.runtime;
      const held = backend.heldBytes;
      const source = await model.prepare(item, [PICTURES[below(3)] as string]);
      const captured = await captureKv(model.runtime, subject, source.sequence);
      const rows = Array.from({ length: 1 + below(6) }, () => row(target));
      const label = JSON.stringify(rows);
      const [expected, found] = [
        await read(target, rows, captured, true),
        await read(target, rows, captured, false),
      ];
      rows.forEach((_, index) =>
        expect(relativeError(found.logits[index] ?? [], expected.logits[index] ?? []), label).toBeLessThan(
          BOUND,
        ),
      );
      expected.kept.forEach((values, layer) =>
        expect(relativeError(found.kept[layer] ?? [], values), label).toBeLessThan(BOUND),
      );
      expect(backend.heldBytes).toBe(held);
      const { eos } = model.folder.config.tokens;
      if (firstComputed(rows, target.sequence, layers, templateLength(target.sequence, eos)) > 0) cut++;
    }
    expect(cut).toBeGreaterThan(TRIALS / 4);
  });

  it('reads the text before the image once for all samples, and of each row what follows', async () => {
    const { backend, decoder } = model.runtime;
    model = { ...model, runtime: { ...model.runtime, beginnings: new Beginnings(backend, decoder) } };
    const { sequence } = await model.prepare(item, ['square']);
    const source = await model.prepare(item, ['square-source']);
    const captured = await captureKv(model.runtime, subject, source.sequence);
    const first = Math.min(...sequence.imagePositions);
    const image = sequence.imagePositions.length;
    const text = sequence.length - first - image;
    expect(Math.max(...sequence.imagePositions)).toBe(first + image - 1);
    const cells = async (rows: readonly RowSpec[]): Promise<number> => {
      let count = 0;
      const plain = model.runtime.decoder.run.bind(model.runtime.decoder);
      vi.spyOn(model.runtime.decoder, 'run').mockImplementation((...args) => {
        const [, { from, to }, { grows }, feeds] = args;
        const [entries = 0, positions = 0] = feeds['hidden']?.dims ?? [];
        // Where the batch grows, `slots` lists its entries at each layer.
        count += positions * (grows ? (feeds['slots']?.dims[0] ?? NaN) : (to - from) * entries);
        return plain(...args);
      });
      await read({ sequence } as Prepared, rows, captured, false);
      vi.restoreAllMocks();
      return count;
    };
    // The plain run, and at layer l the rows of layers 0 … l.
    const rowLayers = layers + (layers * (layers + 1)) / 2;
    const each = (swap: (layer: number) => Omit<NonNullable<RowSpec['swap']>, 'source'>): RowSpec[] => [
      {},
      ...from(0).map((layer) => ({ swap: { source: 's', ...swap(layer) } })),
    ];
    const single = each((layer) => ({ layers: [layer] }));
    await cells(single);
    expect(await cells(single)).toBe(rowLayers * (image + text));
    const unread = layers * image + rowLayers * text;
    expect(await cells(each((layer) => ({ layers: from(layer) })))).toBe(unread);
    expect(await cells(each((layer) => ({ layers: [layer], reads: 'text' })))).toBe(unread);
    // An ablated row reads the text before the image its own way, and once as well.
    const ablations = [{}, ...from(0).map((layer): RowSpec => ({ ablate: [{ layer, part: 'layer' }] }))];
    expect(await cells(ablations)).toBe(rowLayers * (first + image + text));
    expect(await cells(ablations)).toBe(rowLayers * (image + text));
    expect(await cells([{}])).toBe(layers * (image + text));
  });

  it('keeps as many bytes of texts as are estimated', async () => {
    const { backend, decoder } = model.runtime;
    const beginnings = new Beginnings(backend, decoder);
    const { sequence } = await model.prepare(item, ['square']);
    const tokens = Math.min(...sequence.imagePositions);
    const rows = [[], ...from(0).map((layer) => [{ layer, part: 'layer' } as const])];
    // One text that rows read their own way, and others as they are: those of other templates.
    const texts = Array.from({ length: KEPT_TEXTS }, (_, other) => {
      const text = beginning(sequence, tokens);
      return { ...text, ids: text.ids.map((id) => id + other) };
    });
    const entries = new Set<HostEntry>();
    for (const [other, text] of texts.entries())
      for (const layersOf of await beginnings.kept(subject, text, other === 0 ? rows : [[]]))
        for (const entry of layersOf) entries.add(entry);
    let bytes = 0;
    for (const { key, value } of entries) bytes += key.byteLength + value.byteLength;
    expect(bytes).toBe(keptTextBytes(model.folder.config.text, { rows: 100, tokens }));
    // The first is kept no longer, once another comes.
    const first = texts[0] as (typeof texts)[number];
    const [known] = await beginnings.kept(subject, first, [[]]);
    expect(entries.has(known?.[0] as HostEntry)).toBe(true);
    await beginnings.kept(subject, { ...first, ids: first.ids.map((id) => id + 9) }, [[]]);
    const again = await beginnings.kept(subject, texts[1] as typeof first, [[]]);
    expect(entries.has(again[0]?.[0] as HostEntry)).toBe(false);
  });
});
