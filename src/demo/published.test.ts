import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckpoint, readTensorBytes, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { layerPlace } from '../checkpoint/layer-index.ts';
import { INDEX_FILE, parseDemoIndex } from './index-file.ts';
import { DEMO_NAMES, demoBytes, demoFileNames, demoFolder, type DemoName } from './testing/demo-from-disk.ts';
import { REGIONS } from '../regions.ts';
import { sha256Hex } from '../work/sha256.ts';

const index = parseDemoIndex(new TextDecoder().decode(await demoBytes(INDEX_FILE)));
const REMAKE = 'the index is of other files: run python tools/demo-family/index.py';

/** What evaluate.py found of a checkpoint's held-out answers, by task and form. */
async function evaluationOf(name: string): Promise<{
  sha256: string;
  tasks: Record<string, { n: number; accuracy: number; low: number; high: number }>;
}> {
  return JSON.parse(new TextDecoder().decode(await demoBytes(name, 'evaluation.json'))) as Awaited<
    ReturnType<typeof evaluationOf>
  >;
}

describe('the index', () => {
  test('names the whole family, in order, and exactly the files that are there', async () => {
    expect(index.checkpoints.map(({ name }) => name)).toEqual(DEMO_NAMES);
    expect(index.checkpoints.map(({ role, frozen }) => frozen ?? role)).toEqual([
      ...['base', 'in', 'rl'],
      ...REGIONS,
    ]);
    for (const { name, files } of index.checkpoints) {
      expect(files.map((file) => file.name).toSorted(), REMAKE).toEqual(
        (await demoFileNames(name as DemoName)).toSorted(),
      );
      expect(files.at(-1)?.name).toBe('model.safetensors');
    }
  });

  test('says their sizes and hashes, under 60 MB in all', async () => {
    const listed = [
      ...index.checkpoints.flatMap(({ name, files }) =>
        files.map((file) => ({ ...file, path: [name, file.name] })),
      ),
      ...index.examples.map((file) => ({ ...file, path: [file.name] })),
    ];
    for (const { path, bytes, sha256 } of listed) {
      const content = await demoBytes(...path);
      expect([content.length, await sha256Hex(content)], `${path.join('/')}: ${REMAKE}`).toEqual([
        bytes,
        sha256,
      ]);
    }
    expect(listed.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(60e6);
  });

  test('a model card names stage and accuracies of these very weights', async () => {
    for (const { name, role, files } of index.checkpoints) {
      const card = new TextDecoder().decode(await demoBytes(name, 'README.md'));
      expect(card).toContain(
        { base: 'Stage: Base', in: 'Stage: IN', rl: 'Stage: RL', frozen: 'Stage: RL' }[role],
      );
      const evaluation = await evaluationOf(name);
      expect(evaluation.sha256).toBe(files.find((file) => file.name === 'model.safetensors')?.sha256);
      for (const [kind, { n, accuracy }] of Object.entries(evaluation.tasks)) {
        const [task, form] = kind.split('/');
        expect(n).toBeGreaterThanOrEqual(300);
        const told = new RegExp(`\\| ${task} \\| ${form} \\| ${n} \\| ([\\d.]+)%`).exec(card)?.[1];
        // Half a tenth either way: languages round halves differently.
        expect(Math.abs(Number(told) - 100 * accuracy), kind).toBeLessThan(0.0501);
      }
    }
  });

  /** Rows of README's table, by their first cell: what Base was asked, and what the others were. */
  const TOLD = {
    counting: ['counting/direct', 'counting/direct'],
    'words read exactly': ['ocr/direct', 'ocr/direct'],
    'grounding, IoU > 0.5': ['grounding/direct', 'grounding/direct'],
    'recognition (chance: 50)': ['recognition/direct', 'recognition/direct'],
    'one-step arithmetic': ['arithmetic/direct', 'arithmetic/direct'],
    'general visual questions': ['general-vqa/direct', 'general-vqa/think'],
    'math on pictures': [null, 'math-targeted-vqa/think'],
    'problems in words': [null, 'problems/think'],
    clock: [null, 'clock/think'],
    maze: [null, 'maze/think'],
    'move box': [null, 'move_box/think'],
    'n-queens': [null, 'n_queens/think'],
  } as const;

  test('README tells what was measured', async () => {
    const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
    const rows = new Map(
      readme.split('\n').map((line) => {
        const cells = line.split('|').map((cell) => cell.trim());
        return [cells[1] ?? '', cells.slice(2, 5)];
      }),
    );
    for (const [column, name] of (['base', 'in', 'rl'] as const).entries()) {
      const { tasks } = await evaluationOf(name);
      for (const [label, [base, other]] of Object.entries(TOLD)) {
        const kind = name === 'base' ? base : other;
        const found = kind === null ? undefined : tasks[kind];
        const cell = found
          ? `${(100 * found.accuracy).toFixed(1)} % (${(100 * found.low).toFixed(0)}–${(100 * found.high).toFixed(0)})`
          : '';
        expect(rows.get(label)?.[column], `${label}, ${name}`).toBe(cell);
      }
    }
  });
});

describe('what RL changed', () => {
  const open = async (name: DemoName): Promise<Checkpoint> =>
    openCheckpoint(await demoFolder(name), { name });
  /** LLM layers, from 1, of each third. */
  const FROZEN = { early: [1, 4], middle: [5, 8], late: [9, 12] } as const;

  test.each([
    ['rl', null],
    ['rl-frozen-early', 'early'],
    ['rl-frozen-mid', 'middle'],
    ['rl-frozen-late', 'late'],
  ] as const)('%s: what was frozen is bit for bit as in IN, all else is not', async (name, region) => {
    const [before, after] = [await open('in'), await open(name)];
    expect([...after.tensors.keys()].toSorted()).toEqual([...before.tensors.keys()].toSorted());
    const wrong: string[] = [];
    let frozen = 0;
    for (const [tensor, entry] of after.tensors) {
      const { layer } = layerPlace(tensor, { visionBlocks: 6 });
      const [first, last] = region === null ? [Infinity, 0] : FROZEN[region];
      const stays = layer !== null && layer >= first && layer <= last;
      const [old, now] = await Promise.all([
        readTensorBytes(before, before.tensors.get(tensor) ?? entry),
        readTensorBytes(after, entry),
      ]);
      if ((Buffer.compare(old, now) === 0) !== stays) wrong.push(tensor);
      if (stays) frozen += 1;
    }
    expect(wrong).toEqual([]);
    // Twelve tensors a layer: four projections with three biases, three of the MLP, two norms.
    expect(frozen).toBe(region === null ? 0 : 4 * 12);
  });
});
