import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { ESLint } from 'eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import config, { ROOMS } from '../.dependency-cruiser.mjs';
import { ROOT } from './paths.mjs';

/** A file that each room might have. */
const FILES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(ROOMS).map((room) => [room, `src/${room}/inner/planted.ts`])),
  tools: 'tools/inner/planted.ts',
  declarations: 'src/analyses/inner/planted.mjs',
  scripts: 'scripts/planted.mjs',
  words: 'src/planted.ts',
  dataset: 'dataset/generator/planted.ts',
  language: 'src/ui/language/planted.ts',
  body: 'src/ui/layer-strip/layer-axis.ts',
  look: 'src/ui/format/planted.ts',
  charts: 'src/ui/charts/inner/planted.ts',
  app: 'src/ui/app/planted.ts',
  main: 'src/main.ts',
  workers: 'workers/planted.ts',
  'engine-package': 'packages/engine/planted.ts',
  'spectra-package': 'packages/spectra-webgpu/planted.ts',
};
const SUPPORT = 'src/engine/testing/support.ts';
const names = Object.keys(ROOMS);

let root: string;
let found: ReadonlySet<string>;

/** Every arrow that there can be between rooms, and some within one. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'rooms-'));
  const write = (path: string, lines: readonly string[]): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), [...lines, 'export {};', ''].join('\n'));
  };
  const up = (from: string): string => '../'.repeat(from.split('/').length - 1);
  for (const [room, path] of Object.entries(FILES)) {
    const others = names.filter((other) => other !== room).map((other) => FILES[other] as string);
    // Plain JavaScript has no types.
    const type = path.endsWith('.mjs') ? '' : 'type ';
    const lines = others.map((other) => `import ${type}{} from './${up(path)}${other}';`);
    write(path, room === 'probes' ? [...lines, `import './${up(path)}${SUPPORT}';`] : lines);
  }
  write(SUPPORT, [`import type {} from '../../ui/inner/planted.ts';`]);
  write('src/vlm/one.ts', [`import type {} from './other.ts';`]);
  write('src/vlm/other.ts', [`import './one.ts';`]);
  write('src/vlm/late.ts', [`export const late = () => import('../ui/inner/planted.ts');`]);
  writeFileSync(join(root, 'tsconfig.json'), '{}');
  const { forbidden = [], options } = config;
  const { output } = await cruise(['src', 'workers', 'packages', 'scripts', 'dataset', 'tools'], {
    ...options,
    ...{ baseDir: root, ruleSet: { forbidden }, validate: true },
  });
  const { violations } = (output as ICruiseResult).summary;
  found = new Set(violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const arrow = (from: string, to: string): string => `room-${from}: ${FILES[from]} → ${FILES[to]}`;

describe('the rule of rooms', () => {
  it('fails on an arrow of a type in each forbidden direction, and in no other', () => {
    for (const from of names)
      for (const to of names.filter((name) => name !== from))
        expect([arrow(from, to), found.has(arrow(from, to))]).toEqual([
          arrow(from, to),
          !ROOMS[from]?.uses.includes(to),
        ]);
  });

  it.each([
    ['spectra', 'engine'],
    ['probes', 'study'],
    ['merge', 'study'],
    ['evaluation', 'study'],
    ['engine', 'spectra'],
    ['engine', 'probes'],
    ['graph', 'checkpoint'],
    ['checkpoint', 'vlm'],
    ['work', 'checkpoint'],
    ['study', 'ui'],
    ['headless', 'ui'],
    ['charts', 'ui'],
    ['ui', 'app'],
    ['charts', 'engine'],
    ['look', 'charts'],
    ['body', 'look'],
    ['ui', 'headless'],
  ])('allows no arrow from %s to %s', (from, to) => {
    expect(found).toContain(arrow(from, to));
  });

  it('fails on an import that comes late', () => {
    expect(found).toContain(`room-vlm: src/vlm/late.ts → ${FILES['ui']}`);
  });

  it('fails on a cycle that only a type closes', () => {
    expect(found).toContain('no-cycle: src/vlm/one.ts → src/vlm/other.ts');
  });

  it('sees the types that a component of a chart imports', async () => {
    const allowed = {
      '../../state/app.svelte.ts': false,
      '../../localize/sentences.ts': false,
      '../../layer-strip/look.ts': false,
      '../../../engine/protocol.ts': false,
      '../../../../workers/engine.ts': false,
      '../../format/quantity.ts': true,
      '../../layer-strip/layer-axis.ts': true,
      '../../../statistics/wilson.ts': true,
      '../../../named-error.ts': true,
      '../axis/panels.ts': true,
      './other.ts': true,
    };
    const eslint = new ESLint({ cwd: ROOT });
    const filePath = join(ROOT, 'src/ui/charts/inner/Planted.svelte');
    for (const [from, may] of Object.entries(allowed)) {
      const text = `<script lang="ts">\n  import type { A } from '${from}';\n  const a: A | null = null;\n</script>\n{a}`;
      const [result] = await eslint.lintText(text, { filePath });
      const rules = result?.messages.map(({ ruleId }) => ruleId);
      expect([from, rules]).toEqual([from, may ? [] : ['no-restricted-imports']]);
    }
  });

  it('keeps what supports tests out of the app, and lets it look across rooms', () => {
    expect(found).toContain(`testing-is-for-tests: ${FILES['probes']} → ${SUPPORT}`);
    expect([...found].filter((line) => line.startsWith('room-') && line.includes(`${SUPPORT} →`))).toEqual(
      [],
    );
  });

  it('knows every folder of src', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    for (const { name } of folders)
      expect(
        Object.values(ROOMS).filter(({ files }) => new RegExp(files).test(`src/${name}/x.ts`)),
      ).toHaveLength(1);
  });

  it('lets a room use those before it only', () => {
    for (const [name, { uses }] of Object.entries(ROOMS))
      expect(names.slice(0, names.indexOf(name))).toEqual(expect.arrayContaining([...uses]));
  });
});
