/** A batch of rows gives each row what a run of its own gives. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { captureKv, forward } from './forward.ts';
import type { PromptRows } from './decode-options.ts';
import type { DecodedRow, GenerateOptions } from './generate.ts';
import { generate, generateAll } from './generate.ts';
import type { Prepared } from './prepare.ts';
import type { Ablation, RowSpec } from './protocol/intervention.ts';
import type { ResidentSubject } from './resident.ts';
import type { CapturedKv } from './swap.ts';
import type { GoldenModel } from './testing/golden-model.ts';
import { goldenModel } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import type { GoldenCase } from './testing/goldens.ts';
import { readGolden } from './testing/goldens.ts';
import { relativeError } from '../statistics/relative-error.ts';

const CHECKPOINT = 'untied-gqa4-f32';
const NEW_TOKENS = 24;

let model: GoldenModel;
let subject: ResidentSubject;
let prompt: Prepared;
let sources: ReadonlyMap<string, CapturedKv>;
/** The plain run, every single-layer ablation, every single-layer swap in both readings, a swap from a layer on, and two at once. */
let rows: readonly RowSpec[];
let alone: readonly DecodedRow[];
/** Bytes held between runs. */
let heldBytes: number;

async function run(
  batch: readonly RowSpec[],
  options: Partial<GenerateOptions> = {},
): Promise<readonly DecodedRow[]> {
  return generate(model.runtime, subject, prompt.sequence, {
    rows: batch,
    maxNewTokens: NEW_TOKENS,
    sampling: { temperature: 0, seed: 0 },
    nextPosition: prompt.nextPosition,
    sources,
    rowsPerPrefill: 100,
    ...options,
  });
}

async function eachAlone(options: Partial<GenerateOptions> = {}): Promise<DecodedRow[]> {
  const answers: DecodedRow[] = [];
  for (const row of rows) answers.push((await run([row], options))[0] as DecodedRow);
  return answers;
}

beforeAll(async () => {
  model = await goldenModel(CHECKPOINT);
  const { resident, runtime, folder } = model;
  const { layers } = folder.config.text;
  subject = { layers: Array.from({ length: layers }, () => resident), rest: resident };
  const golden = await readGolden(readFromDisk, CHECKPOINT);
  const item = golden.cases['square'];
  if (!item) throw new RangeError('no case square');
  prompt = await model.prepare(item);
  const swapped = item.interventions.find(({ source }) => source !== undefined)?.source as string;
  const captured = async (picture: string): Promise<CapturedKv> =>
    captureKv(runtime, subject, (await model.prepare(item, [picture])).sequence);
  sources = new Map([
    ['same size', await captured(swapped)],
    ['wide', await captured('wide')],
  ]);
  const all = Array.from({ length: layers }, (_, layer) => layer);
  const parts: readonly Ablation['part'][] = ['layer', 'attention', 'mlp'];
  rows = [
    {},
    ...all.flatMap((layer): RowSpec[] => parts.map((part) => ({ ablate: [{ layer, part }] }))),
    ...all.flatMap((layer) =>
      ['same size', 'wide'].map((source): RowSpec => ({ swap: { source, layers: [layer] } })),
    ),
    ...all.map((layer): RowSpec => ({ swap: { source: 'wide', layers: [layer], reads: 'text' } })),
    { swap: { source: 'wide', layers: [0], reads: 'text' }, ablate: [{ layer: 0, part: 'mlp' }] },
    { swap: { source: 'wide', layers: [1], reads: 'text' }, ablate: [{ layer: 2, part: 'attention' }] },
    { swap: { source: 'wide', layers: all.slice(1) } },
    { swap: { source: 'wide', layers: [0] }, ablate: [{ layer: layers - 1, part: 'mlp' }] },
    {},
  ];
  heldBytes = runtime.backend.heldBytes;
  alone = await eachAlone();
});

describe('greedy answers', () => {
  it('differ between interventions, so that a mix-up of rows would show', () => {
    expect(new Set(alone.map(({ tokens }) => tokens.join())).size).toBeGreaterThan(rows.length / 2);
  });

  it('of all rows in one batch are those of each row alone', async () => {
    expect(await run(rows)).toEqual(alone);
  });

  it.each([1, 2, 5])('prefilled %d rows at a time are the same', async (rowsPerPrefill) => {
    expect(await run(rows, { rowsPerPrefill })).toEqual(alone);
  });

  it.each([1, 4])(
    'answered %d rows at a time are the same, and reported as the rows they are',
    async (size) => {
      const streamed = rows.map((): number[] => []);
      const onToken = (row: number, token: number) => streamed[row]?.push(token);
      expect(await run(rows, { rowsPerBatch: size, onToken })).toEqual(alone);
      expect(streamed).toEqual(alone.map(({ tokens }) => tokens));
    },
  );

  it('are the same in another order, and for a row asked twice', async () => {
    const reversed = [...rows, rows[3] as RowSpec].reverse();
    expect(await run(reversed)).toEqual([...alone, alone[3]].reverse());
  });

  it('arrive token by token, for the row they belong to', async () => {
    const streamed = rows.map((): number[] => []);
    await run(rows, { onToken: (row, token) => streamed[row]?.push(token) });
    expect(streamed).toEqual(alone.map(({ tokens }) => tokens));
  });

  it('are the same when rows end early and the batch is compacted', async () => {
    // Any token can be made to end answers: take one that some rows say early, some late, some never.
    const said = (token: number): number => alone.filter(({ tokens }) => tokens.includes(token)).length;
    const candidates = [...new Set(alone.flatMap(({ tokens }) => tokens))];
    const eos = candidates.reduce((a, b) =>
      Math.abs(said(a) - rows.length / 2) <= Math.abs(said(b) - rows.length / 2) ? a : b,
    );
    const ends = new Set(alone.map(({ tokens }) => tokens.indexOf(eos)));
    expect(ends.size).toBeGreaterThan(3);
    const { config } = model.resident;
    const rest = { ...model.resident, config: { ...config, tokens: { ...config.tokens, eos: [eos] } } };
    const whole = subject;
    subject = { ...whole, rest };
    try {
      const expected = alone.map(({ tokens, stop }) =>
        tokens.includes(eos)
          ? { tokens: tokens.slice(0, tokens.indexOf(eos) + 1), stop: 'end' }
          : { tokens, stop },
      );
      const runs = vi.spyOn(model.runtime.decoder, 'runLoop');
      expect(await run(rows)).toEqual(expected);
      const sizes = runs.mock.calls.map(([, , { token }]) => token?.dims[0] as number);
      expect(sizes.at(-1)).toBeLessThanOrEqual(rows.length * 0.75);
    } finally {
      subject = whole;
      vi.restoreAllMocks();
    }
  });
});

describe('prompts of other lengths in one batch', () => {
  it('are answered as alone, on a device whose rows may stand at different positions', async () => {
    expect(await model.runtime.raggedRows()).toBe(true);
    const golden = await readGolden(readFromDisk, CHECKPOINT);
    const names = ['text', 'square', 'wide'];
    const prompts: PromptRows[] = [];
    for (const [index, name] of names.entries()) {
      const { sequence, nextPosition } = await model.prepare(golden.cases[name] as GoldenCase);
      const picked = index === 0 ? rows.filter(({ swap }) => !swap) : rows.slice(index);
      const limits = { maxNewTokens: NEW_TOKENS - 5 * index, rowsPerPrefill: 7 };
      prompts.push({ sequence, nextPosition, rows: picked, ...limits });
    }
    expect(new Set(prompts.map(({ sequence }) => sequence.length)).size).toBe(3);
    const options = { sampling: { temperature: 0, seed: 0 }, sources };
    const own = [];
    for (const { sequence, ...prompt } of prompts)
      own.push(await generate(model.runtime, subject, sequence, { ...options, ...prompt }));
    const told: number[][] = prompts.flatMap(({ rows }) => rows.map(() => []));
    const runs = vi.spyOn(model.runtime.decoder, 'runLoop');
    const onToken = (row: number, token: number): void => void told[row]?.push(token);
    expect(await generateAll(model.runtime, subject, prompts, { ...options, onToken })).toEqual(own);
    expect(told).toEqual(own.flat().map(({ tokens }) => tokens));
    const sizes = runs.mock.calls.map(([, , { token }]) => token?.dims[0] as number);
    expect(Math.max(...sizes)).toBe(told.length);
    vi.restoreAllMocks();
    // Rows that all stand at one position do with less of a device: the same answers, in more batches.
    const equal = { ...model.runtime, raggedRows: () => Promise.resolve(false) };
    expect(await generateAll(equal, subject, prompts, options)).toEqual(own);
  });
});

it.each([100, 4])(
  'logits, hidden states and attention of each row, %d at a time, are those of a run of its own',
  async (rowsPerPrefill) => {
    const { imagePositions, length } = prompt.sequence;
    const capture = {
      hidden: 'all',
      attention: { keys: imagePositions, queries: [length - 1, length - 3] },
    } as const;
    const run = (batch: readonly RowSpec[]) =>
      forward(model.runtime, subject, prompt.sequence, { rows: batch, capture, sources, rowsPerPrefill });
    const batch = await run(rows);
    expect(batch).toHaveLength(rows.length);
    for (const [index, row] of rows.entries()) {
      const label = JSON.stringify(row);
      const [own, found] = [(await run([row]))[0], batch[index]];
      expect(relativeError(found?.logits ?? [], own?.logits ?? []), label).toBeLessThan(1e-4);
      for (const part of ['hidden', 'attentionMass'] as const) {
        expect(found?.[part]?.length).toBe(own?.[part]?.length);
        own?.[part]?.forEach((values, layer) => {
          expect(relativeError(found?.[part]?.[layer] ?? [], values), label).toBeLessThan(1e-4);
        });
      }
    }
  },
);

it.each(['keys', 'queries'])('attention %s outside the sequence are refused by name', async (part) => {
  const attention = { keys: [0], queries: [0], [part]: [prompt.sequence.length] };
  const options = { rows: [{}], capture: { attention }, sources, rowsPerPrefill: 1 };
  const work = forward(model.runtime, subject, prompt.sequence, options);
  await expect(work).rejects.toMatchObject({ name: 'UnknownPosition' });
});

describe('sampled answers', () => {
  const sampling = { temperature: 1.5, topP: 0.95, seed: 11 };

  it('are reproducible, and in a batch those of each row alone', async () => {
    const own = await eachAlone({ sampling });
    expect(await run(rows, { sampling })).toEqual(own);
    expect(await run(rows, { sampling, rowsPerPrefill: 3 })).toEqual(own);
    expect(own[0]?.tokens).not.toEqual(alone[0]?.tokens);
  });

  it('draw the same numbers in every row: rows without a difference say the same', async () => {
    const answers = await run(rows, { sampling });
    expect(answers.at(-1)).toEqual(answers[0]);
  });

  it('change with the seed', async () => {
    const [a] = await run([{}], { sampling });
    const [b] = await run([{}], { sampling: { ...sampling, seed: 12 } });
    expect(a?.tokens).not.toEqual(b?.tokens);
  });
});

describe('cancelling', () => {
  it('returns what was said so far', async () => {
    const controller = new AbortController();
    let tokens = 0;
    const answers = await run(rows, {
      signal: controller.signal,
      onToken: () => {
        if (++tokens === 3 * rows.length) controller.abort();
      },
    });
    answers.forEach(({ tokens, stop }, row) => {
      expect(tokens).toEqual(alone[row]?.tokens.slice(0, 3));
      expect(stop).toBe((alone[row]?.tokens.length ?? 0) > 3 ? 'cancelled' : alone[row]?.stop);
    });
  });

  it('before the first token returns empty answers', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    expect(await run([{}, rows[1] as RowSpec], { signal })).toEqual([
      { tokens: [], stop: 'cancelled' },
      { tokens: [], stop: 'cancelled' },
    ]);
  });
});

it('nothing stays on the device after any of this', () => {
  expect(model.runtime.backend.heldBytes).toBe(heldBytes);
});
