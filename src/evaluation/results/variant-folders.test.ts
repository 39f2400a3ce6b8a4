import { describe, expect, it } from 'vitest';
import type { GradedAnswer } from '../tables/graded.ts';
import { metricTable } from '../tables/metric-table.ts';
import { experimentsOf } from './experiments-of.ts';
import { pathSegment, variantFolders } from './variant-folders.ts';
import { resultPieces } from './write.ts';
import { resultFiles } from '../testing/results.ts';
import { zipOf } from './zip.ts';

describe('the folders of variants', () => {
  it('are named as the reference names them', () => {
    expect([...variantFolders(['IN', 'IN:RL:RL', 'noise 0.1'])]).toEqual([
      ['IN', 'IN'],
      ['IN:RL:RL', 'IN_RL_RL'],
      ['noise 0.1', 'noise_0.1'],
    ]);
  });

  it('are never shared, whatever the names have in common', () => {
    const names = ['IN:RL', 'IN RL', 'IN_RL', 'in_rl', '基础', '监督', 'Schön', '', '.', '..', '...'];
    const folders = [...variantFolders(names).values()];
    expect(new Set(folders.map((folder) => folder.toLowerCase())).size).toBe(names.length);
    expect(folders.filter((folder) => /^\.*$|[/\\:]/.test(folder))).toEqual([]);
  });
});

describe('a name as a segment of a path', () => {
  it.each([
    ['', '_'],
    ['.', '_'],
    ['..', '._'],
    ['IN.', 'IN_'],
    ['NUL', '_NUL'],
    ['com1.jsonl', '_com1.jsonl'],
    ['console', 'console'],
    ['Qwen2.5-VL-7B', 'Qwen2.5-VL-7B'],
  ])('"%s" is %s', (name, segment) => {
    expect(pathSegment(name)).toBe(segment);
  });

  it('is short enough for every system, and keeps its ending', () => {
    for (const letter of ['x', '基', '\u{20000}']) {
      const segment = pathSegment(`A_${letter.repeat(70_000)}.jsonl`);
      expect(segment).toMatch(/^A_.*\.jsonl$/u);
      expect(Buffer.from(segment).length).toBeLessThan(250);
    }
    const [a, b] = [...variantFolders(['x'.repeat(300), `${'x'.repeat(300)}y`]).values()];
    expect(a).not.toBe(b);
  });
});

function answer(variant: string, setting = 'A_prompt_only'): GradedAnswer {
  return {
    ...{ variant, experiment: 'reasoning_math500', metric: 'M_rea', settingIndex: 0, setting },
    ...{ input: 'question_only', id: '1', question: 'q', goldAnswer: '2', response: '2', predicted: '2' },
    correct: true,
  };
}

describe('saved results of variants with unusual names', () => {
  const names = ['IN:RL', 'IN RL', '__proto__', '../../up', '基础', '监督'];
  const graded = names.map((name) => answer(name, 'A_/../../out'));
  const files = resultFiles(metricTable(graded, 'IN:RL'), graded, experimentsOf(graded), {});

  it('hold every variant, each in a folder of its own', () => {
    const records = [...files].filter(([path]) => path.endsWith('.jsonl'));
    expect(records.map(([, text]) => (JSON.parse(text) as { model: string }).model)).toEqual(names);
    const metrics = JSON.parse(files.get('paper_metrics.json') ?? '') as object;
    expect(Object.keys(metrics)).toEqual(names);
  });

  it('lie below their folder', async () => {
    expect([...files.keys()].filter((path) => path.split('/').some((part) => /^\.*$/.test(part)))).toEqual(
      [],
    );
    const pieces = resultPieces(metricTable(graded, 'IN:RL'), graded, experimentsOf(graded), {});
    await expect(zipOf(pieces)).resolves.toBeInstanceOf(Blob);
  });
});

it('an archive takes no path that leads out of it', async () => {
  for (const path of ['../x', 'a/../x', '/x', 'C:/x', 'a\\..\\x', 'a//x', './x', '']) {
    await expect(zipOf(new Map([[path, ['']]]))).rejects.toThrow(RangeError);
  }
});
