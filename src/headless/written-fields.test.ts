/** docs/results.md names every field of what commands, page and journals write, and no other. */
import { readFileSync } from 'node:fs';
import type { GenericSchema } from 'valibot';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type * as goldens from '../check/goldens.ts';
import { readFromDisk } from '../engine/testing/goldens-from-disk.ts';
import { goldenFolder } from '../engine/testing/goldens.ts';
import { identify } from '../identity/identify.ts';
import { Journals } from '../study/journal/journals.ts';
import { MemoryStorage } from '../study/journal/memory-storage.ts';
import { STUDY_RESULT } from '../study/study-result.ts';
import { KINDS as WORK_KINDS, shapeOf } from '../study/journal/shapes.ts';
import { runJournalled } from '../study/run-journalled.ts';
import { COMMAND_NAMES } from './command-of.ts';
import { disagreements, documentedFields, type Field, undocumented } from './testing/documented-fields.ts';
import { type Case, CASES } from './testing/identity-cases.ts';
import { written } from './testing/written.ts';

vi.mock('../spectra/computers.ts', async () => {
  const threads = (await import('../spectra/threads/inline.ts')).inlineThreads();
  return {
    browserComputers: () =>
      Promise.resolve({ threads, device: 'cpu', computer: 'cpu', dispose: () => undefined }),
  };
});
vi.mock('../reading/client.ts', () => import('../reading/testing/inline.ts'));
vi.mock('../check/goldens.ts', async (original) => ({
  ...(await original<typeof goldens>()),
  fetchGoldens: async () =>
    (await import('../check/testing/committed-goldens.ts')).committedGoldens(readFromDisk),
}));
vi.mock('../check/device-facts.ts', () => ({
  deviceFacts: () =>
    Promise.resolve({ browser: 'b', gpu: { features: ['f'], limits: { maxBufferSize: 1 } } }),
}));
vi.mock('../check/measure/client.ts', () => {
  const rate = { median: 2, least: 1, most: 3, n: 5 };
  const memory = { uploadBytesPerSecond: rate, copyBytesPerSecond: rate };
  return {
    ratesOf: () =>
      Promise.resolve({
        ...{ roundTripSeconds: rate, dispatchSeconds: rate, multiplyPerSecond: rate, ...memory },
      }),
  };
});
vi.mock('../engine/capabilities.ts', () => ({
  surveyCapabilities: () => Promise.resolve({ preferred: 'wasm' }),
}));

const DOCUMENTED = documentedFields(readFileSync(new URL('../../docs/results.md', import.meta.url), 'utf8'));
const fieldsOf = (heading: string): Field => {
  const found = DOCUMENTED.get(heading);
  if (!found) throw new Error(`docs/results.md has no table of ${heading}`);
  return found;
};
const work = new Map<string, unknown>();

/** What a command is run on: that of its identity; of one that keeps no records, made here. */
async function caseOf(name: string): Promise<Pick<Case, 'words' | 'world'>> {
  if (name !== 'quantize') return CASES[name] ?? { words: [], world: (CASES['swap'] as Case).world };
  const model = await goldenFolder(readFromDisk, 'untied-gqa4-f32');
  return { words: [], world: { ...(CASES['attention'] as Case).world, folders: { model } } };
}

/** What it writes of its own case. */
async function writtenOf(name: string, more: readonly string[] = []): Promise<ReadonlyMap<string, unknown>> {
  const { words, world } = await caseOf(name);
  const storage = new MemoryStorage();
  if (name === 'kept') {
    const journals = new Journals(storage, { again: 'again' });
    const identity = identify('verdicts', 'Verdicts', { judge: 'hash' });
    await runJournalled(journals, identity, 1, async ({ onRecord }) => onRecord?.('verdict', {}));
    for (const { key } of await storage.list()) {
      const bytes = await storage.read(key, 'work.jsonl');
      work.set(
        'work.jsonl',
        JSON.parse(
          new TextDecoder()
            .decode(bytes ?? undefined)
            .split('\n')[0]
            ?.slice(17) ?? '',
        ),
      );
    }
  }
  return written(name, [...words, ...more, '--device', 'wasm'], world, { storage, gpu: true });
}

/** A file's values: its JSON, or each of its lines. */
function valuesOf(path: string, content: unknown): readonly unknown[] {
  if (typeof content !== 'string') return [content];
  const lines = path.endsWith('.jsonl') ? content.trim().split('\n') : [content];
  return lines.map((line) => JSON.parse(line) as unknown);
}

/** Under which heading a file of a command is documented. */
function headingOf(command: string, path: string): string {
  if (path === command) {
    const files: Readonly<Record<string, string>> = {
      ...{ energy: 'fro_norm.json', diversity: 'layerwise_svd.json' },
      ...{ overlap: 'subspace_overlap.json', attention: 'attention_shift.json' },
      ...{ disentangle: 'perception_gap.json', lens: 'logit_lens.json', patch: 'patching.json' },
      tokens: 'token_difference.json',
    };
    return files[command] ?? command;
  }
  if (command === 'ablate' && path.endsWith('.jsonl')) return 'EXPERIMENT/DATASET.jsonl';
  if (path.endsWith('/summary.json')) return 'VARIANT/EXPERIMENT/summary.json';
  return path.split('/').length === 3 ? 'VARIANT/EXPERIMENT/SETTING.jsonl' : path;
}

const PROMPT = ['--model', 'm', '--prompt', 'What?'];
const QUANTIZE = ['--model', 'm', '--preview', '--out', 'o', '--format'];
const RUNS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['swap', ['--mode', 'from-layer'], ['layer_swap_results.jsonl', 'layer_swap_summary.json']],
  ['swap', ['--answer-source', '--reads', 'text'], ['layer_swap_results.jsonl', 'layer_swap_summary.json']],
  [
    'ablate',
    ['--system', 'Think.', '--parts', 'layer', '--parts', 'mlp'],
    ['EXPERIMENT/DATASET.jsonl', 'all_results.json'],
  ],
  ['attention', ['--heads', '--base', 'b'], ['attention_shift.json']],
  ['lens', ['--topk', '2'], ['logit_lens.json']],
  ['patch', [], ['patching.json']],
  ['tokens', ['--base', 'b'], ['token_difference.json']],
  ['energy', ['--model', 'm'], ['fro_norm.json']],
  ['diversity', ['--directions', '1'], ['layerwise_svd.json']],
  ['diversity', ['--mode', 'fast'], ['layerwise_svd.json']],
  ['overlap', ['--directions', '1'], ['subspace_overlap.json']],
  [
    'transfer',
    ['--variants', 'IN'],
    [
      ...['VARIANT/EXPERIMENT/SETTING.jsonl', 'VARIANT/EXPERIMENT/summary.json'],
      ...['frankenscope.json', 'paper_metrics.json'],
    ],
  ],
  [
    'necessity',
    [],
    [
      ...['VARIANT/EXPERIMENT/SETTING.jsonl', 'VARIANT/EXPERIMENT/summary.json'],
      ...['frankenscope.json', 'frozen_check.json', 'paper_metrics.json'],
    ],
  ],
  ['disentangle', [], ['perception_gap.json']],
  ['info', ['--model', 'm'], ['info']],
  ['generate', PROMPT, ['generate']],
  ['logits', [...PROMPT, '--hidden'], ['logits']],
  ['quantize', [...QUANTIZE, 'awq', '--group', '32', '--items', 'q'], ['quantization_report.json']],
  ['quantize', [...QUANTIZE, 'gguf-q8_0'], ['quantization_report.json']],
  ['kept', [], ['kept']],
  ['check', [], ['check']],
];

test('every command that writes fields of its own is run', () => {
  // What a merge writes are checkpoints; what a study writes is held by its own shape, what is combined by combine.test.ts.
  expect([...new Set(RUNS.map(([name]) => name)), 'merge', 'study', 'combine'].sort()).toEqual(
    [...COMMAND_NAMES].sort(),
  );
});

describe.each(RUNS)('%s %s', (command, more, headings) => {
  let files: ReadonlyMap<string, unknown>;
  beforeAll(async () => {
    files = await writtenOf(command, more);
  });

  test('writes the files that are documented', () => {
    expect([...new Set([...files.keys()].map((path) => headingOf(command, path)))].sort()).toEqual(headings);
  });

  test('writes the fields that are documented', () => {
    const wrong = [...files].flatMap(([path, content]) =>
      valuesOf(path, content).flatMap((value) =>
        undocumented(value, fieldsOf(headingOf(command, path)), path),
      ),
    );
    expect([...new Set(wrong)]).toEqual([]);
  });
});

test('part.json, and records that are documented beside it', async () => {
  const { words, world } = await caseOf('transfer');
  const all = [...words, '--variants', 'IN', '--shard', '1/2', '--device', 'wasm'];
  const files = await written('transfer', all, world);
  const part = files.get('part.json');
  expect(valuesOf('part.json', part).flatMap((value) => undocumented(value, fieldsOf('part.json')))).toEqual(
    [],
  );
  const records = valuesOf('a.jsonl', files.get('records/answers.jsonl')) as { readonly record: unknown }[];
  expect(records.length).toBeGreaterThan(0);
  expect(records.flatMap(({ record }) => undocumented(record, fieldsOf('Record answers')))).toEqual([]);
});

test('study.json', () => {
  expect(disagreements(STUDY_RESULT, fieldsOf('study.json'))).toEqual([]);
});

describe('journals', () => {
  test('work.jsonl', () => {
    expect(undocumented(work.get('work.jsonl'), fieldsOf('Journals'))).toEqual([]);
  });

  test('every kind of record is documented, and no other', () => {
    const kinds = [...DOCUMENTED.keys()].flatMap((heading) => /^Record (.+)$/.exec(heading)?.[1] ?? []);
    expect(kinds.sort()).toEqual([...WORK_KINDS].sort());
  });

  test.each(WORK_KINDS)('%s', (kind) => {
    expect(disagreements(shapeOf(kind) as GenericSchema, fieldsOf(`Record ${kind}`))).toEqual([]);
  });
});
