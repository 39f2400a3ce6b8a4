/** Who reads a swap (docs/method.md §2.1): what each reading leaves as it is, and that from a layer on there is but one. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../work/seeded-random.ts';
import type { Tensor } from './backend/backend.ts';
import { captureKv, forward } from './forward.ts';
import { generate } from './generate.ts';
import type { Prepared } from './prepare.ts';
import type { RowSpec } from './protocol/intervention.ts';
import type { ResidentSubject } from './resident.ts';
import { createRuntime } from './runtime.ts';
import type { CapturedKv } from './swap.ts';
import { goldenModel, type GoldenModel, wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { type GoldenCase, readGolden } from './testing/goldens.ts';
import { relativeError } from '../statistics/relative-error.ts';

const TRIALS = 6;
const NEW_TOKENS = 12;
const BOUND = 1e-4;
const WORDS = [
  'red',
  'dot',
  'how',
  'many',
  'is',
  'the',
  'left',
  'of',
  'a',
  'picture',
  'two',
  'and',
  'why',
  'not',
];

interface Asked {
  readonly target: Prepared;
  /** Its prompt with another image of as many tokens. */
  readonly source: Prepared;
  readonly captured: CapturedKv;
  /** Positions of the prompt after the image. */
  readonly after: readonly number[];
}

describe.each(['untied-gqa4-f32', 'qwen3-untied-bf16'])('%s', (checkpoint) => {
  let model: GoldenModel;
  let subject: ResidentSubject;
  let item: GoldenCase;
  let layers: number;
  const random = seededRandom(17);
  const below = (count: number): number => Math.floor(random() * count);

  beforeAll(async () => {
    // A layer a run, so that the states that enter each can be seen and replaced.
    model = await goldenModel(checkpoint, createRuntime(wasmBackend(), 1));
    ({ layers } = model.folder.config.text);
    subject = { layers: Array.from({ length: layers }, () => model.resident), rest: model.resident };
    item = (await readGolden(readFromDisk, checkpoint)).cases['square'] as GoldenCase;
  });
  afterEach(() => vi.restoreAllMocks());

  async function randomPrompt(): Promise<Asked> {
    const words = Array.from({ length: 1 + below(20) }, () => WORDS[below(WORDS.length)]).join(' ');
    const messages = [{ role: 'user', content: [{ type: 'image' }, { type: 'text', text: words }] }] as const;
    const [target, source] = await Promise.all(
      ['square', 'square-source'].map((picture) => model.prepare({ ...item, messages }, [picture])),
    );
    if (!target || !source) throw new RangeError('two prompts');
    const captured = await captureKv(model.runtime, subject, source.sequence);
    expect(captured.tokens).toBe(target.sequence.imagePositions.length);
    const end = Math.max(...target.sequence.imagePositions);
    const { length } = target.sequence;
    return {
      target,
      source,
      captured,
      after: Array.from({ length: length - end - 1 }, (_, at) => end + 1 + at),
    };
  }

  const from = (layer: number): number[] => Array.from({ length: layers - layer }, (_, at) => layer + at);

  async function run({ target, captured }: Asked, row: RowSpec, queries?: readonly number[]) {
    const attention = queries && { keys: target.sequence.imagePositions, queries };
    const [found] = await forward(model.runtime, subject, target.sequence, {
      rows: [row],
      capture: { hidden: 'all', ...(attention ? { attention } : {}) },
      sources: new Map([['s', captured]]),
      rowsPerPrefill: 10,
    });
    if (!found?.hidden) throw new RangeError('no hidden states');
    return { ...found, hidden: found.hidden };
  }

  async function answer({ target, captured }: Asked, row: RowSpec): Promise<readonly number[] | undefined> {
    const [row0] = await generate(model.runtime, subject, target.sequence, {
      rows: [row],
      maxNewTokens: NEW_TOKENS,
      sampling: { temperature: 0, seed: 0 },
      nextPosition: target.nextPosition,
      sources: new Map([['s', captured]]),
      rowsPerPrefill: 10,
    });
    return row0?.tokens;
  }

  /** States at some positions of one depth. */
  function at(hidden: readonly Float32Array[], depth: number, positions: readonly number[]): Float32Array {
    const { hiddenSize } = model.folder.config.text;
    const states = hidden[depth] as Float32Array;
    return Float32Array.from(
      positions.flatMap((position) => [
        ...states.subarray(position * hiddenSize, (position + 1) * hiddenSize),
      ]),
    );
  }

  /** While prompts are read, `states` enter layer `layer` at the positions. */
  function putIn(layer: number, positions: readonly number[], states: Float32Array): void {
    const { backend, decoder } = model.runtime;
    const plain = decoder.run.bind(decoder);
    const width = states.length / positions.length;
    vi.spyOn(decoder, 'run').mockImplementation(async (subject, segment, variant, feeds, options) => {
      const hidden = feeds['hidden'] as Tensor;
      const count = hidden.dims[1] as number;
      // The rest of a prompt begins with the image; what stands before it has none, nor has what is said.
      const offset = feeds['0.past_key']?.dims[2] ?? 0;
      const [first = 0] = positions;
      if (segment.from !== layer || first < offset || first >= offset + count)
        return plain(subject, segment, variant, feeds, options);
      const values = Float32Array.from(await backend.read(hidden));
      positions.forEach((position, token) => {
        values.set(states.subarray(token * width, (token + 1) * width), (position - offset) * width);
      });
      const replaced = backend.upload('float32', hidden.dims, values);
      const outputs = await plain(subject, segment, variant, { ...feeds, hidden: replaced }, options);
      backend.dispose(replaced);
      return outputs;
    });
  }

  it('a swap from a layer on is the source’s hidden states put in there, whoever reads it', async () => {
    let changed = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const asked = await randomPrompt();
      const layer = below(layers);
      // With DeepStack the source's features go with its states.
      const injection = asked.captured.injections.length > 0 ? 'source' : 'kept';
      const swap = { source: 's', injection } as const;
      const swapped = { swap: { ...swap, layers: from(layer) } };
      const [all, plain] = [await run(asked, swapped), await run(asked, {})];
      const text = await run(asked, { swap: { ...swapped.swap, reads: 'text' } });
      const said = await answer(asked, swapped);
      const { imagePositions } = asked.source.sequence;
      const { hidden } = await run({ ...asked, target: asked.source }, {});
      putIn(layer, imagePositions, at(hidden, layer, imagePositions));
      const put = await run(asked, { swap: { ...swap, layers: [] } });
      expect(await answer(asked, { swap: { ...swap, layers: [] } })).toEqual(said);
      vi.restoreAllMocks();
      for (const other of [text, put]) {
        expect(relativeError(other.logits, all.logits)).toBeLessThan(BOUND);
        for (let depth = 0; depth <= layers; depth++) {
          const states = at(all.hidden, depth, asked.after);
          expect(relativeError(at(other.hidden, depth, asked.after), states)).toBeLessThan(BOUND);
        }
      }
      if (relativeError(all.logits, plain.logits) > 100 * BOUND) changed++;
    }
    expect(changed).toBe(TRIALS);
  });

  it('read by text alone, one layer’s swap leaves the image’s states as they are, and text at that layer reads what it reads under all', async () => {
    for (let trial = 0; trial < TRIALS; trial++) {
      const asked = await randomPrompt();
      const [layer, ablated] = [below(layers), below(layers)];
      const rest: RowSpec = trial % 2 === 0 ? {} : { ablate: [{ layer: ablated, part: 'mlp' }] };
      const image = asked.target.sequence.imagePositions;
      const queries = [image[1] as number, asked.after[0] as number];
      const swap = { source: 's', layers: [layer] } as const;
      const text = await run(asked, { ...rest, swap: { ...swap, reads: 'text' } }, queries);
      const all = await run(asked, { ...rest, swap }, queries);
      const unswapped = await run(asked, rest, queries);
      for (let depth = 0; depth <= layers; depth++) {
        const own = at(unswapped.hidden, depth, image);
        expect(relativeError(at(text.hidden, depth, image), own)).toBeLessThan(1e-6);
        const moved = relativeError(at(all.hidden, depth, image), own);
        if (depth > layer) expect(moved).toBeGreaterThan(BOUND);
        else expect(moved).toBeLessThan(1e-6);
      }
      const [own, under] = [text, all].map(({ hidden }) => at(hidden, layer + 1, asked.after));
      expect(relativeError(own as Float32Array, under as Float32Array)).toBeLessThan(1e-6);
      // Above it they part, but for the last layer, after which nobody reads the image.
      const apart = relativeError(text.logits, all.logits);
      if (layer === layers - 1) expect(apart).toBeLessThan(1e-6);
      else expect(apart).toBeGreaterThan(BOUND);
      // Attention [heads, queries] at the layer: the image's query looks at its own keys, the text's at the source's.
      const [ours, without, theirs] = [text, unswapped, all].map(({ attentionMass }) =>
        [0, 1].map((query) => (attentionMass?.[layer] ?? []).filter((_, index) => index % 2 === query)),
      );
      expect(relativeError(ours?.[0] ?? [], without?.[0] ?? [NaN])).toBeLessThan(1e-6);
      expect(relativeError(ours?.[1] ?? [], theirs?.[1] ?? [NaN])).toBeLessThan(1e-6);
    }
  });
});
