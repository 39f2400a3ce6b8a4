import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildName, modulesOf } from '../../src/work/modules.ts';
import { KINDS as WORK_KINDS } from '../../src/study/journal/shapes.ts';
import { DECLARATIONS } from '../declarations.mjs';
import { ROOT } from '../paths.mjs';
import { COMPUTING_MODULES } from './computing-modules.mjs';
import { ModuleGraph } from './module-graph.mjs';
import { hashModules, readText } from './module-hashes.mjs';

const KINDS = Object.keys(COMPUTING_MODULES);
const SPECTRA = ['energy', 'diversity', 'overlap'];
const PROBES = DECLARATIONS.flatMap(({ declaration: { family, name } }) =>
  family === 'probe' ? [name] : [],
);
const ENGINE = [...PROBES, 'answers'];

/** The real modules, some of them otherwise than on the disk. */
const changed = (change: (path: string, text: string) => string) =>
  hashModules((path) => {
    const text = readText(path);
    return text === null ? null : change(path, text);
  });
const plain = changed((_, text) => text);
const kindsThatDiffer = ({ hashes }: typeof plain): string[] =>
  KINDS.filter((kind) => hashes[kind] !== plain.hashes[kind]).sort();
const withByte = (file: string): string[] =>
  kindsThatDiffer(changed((path, text) => (path === file ? `${text} ` : text)));

describe('the modules of a kind of work', () => {
  it.each([
    ['src/spectra/energy.ts', ['energy']],
    ['src/spectra/gpu/wgsl/combine.ts', ['diversity', 'overlap']],
    ['src/spectra/kernels/assembly/delta.ts', SPECTRA],
    ['src/probes/swap/sweep.ts', ['swap']],
    ['src/probes/attention/shift.ts', ['attention']],
    ['src/probes/ablation/sweep.ts', ['ablate']],
    // Answers are graded when they are shown: a record holds what was said.
    ['src/probes/ablation/grade.ts', []],
    ['src/graph/decoder.ts', [...ENGINE, 'weights']],
    ['src/vlm/rotary.ts', ENGINE],
    // A quantized export writes the chat template into GGUF.
    ['src/vlm/jinja/template.ts', [...ENGINE, 'merge']],
    ['workers/engine.ts', ENGINE],
    ['src/engine/weights/quantize.ts', [...ENGINE, 'weights']],
    ['src/engine/weights/assembly/index.ts', [...ENGINE, 'weights']],
    ['src/merge/arithmetic/philox.ts', [...SPECTRA, ...ENGINE, 'merge']],
    ['src/checkpoint/decoding.ts', KINDS.filter((kind) => kind !== 'verdicts')],
    ['src/remote/judge.ts', ['verdicts']],
  ])('one byte of %s changes exactly those that run it', (file, kinds) => {
    expect(readText(file)).not.toBeNull();
    expect(withByte(file)).toEqual([...kinds].sort());
  });

  it('a module that draws, a test, a page or a command line changes none', () => {
    const drawing = readdirSync(join(ROOT, 'src', 'ui'), { recursive: true, encoding: 'utf8' });
    const files = new Set(plain.files);
    expect(drawing.length).toBeGreaterThan(200);
    expect(drawing.filter((name) => files.has(`src/ui/${name.replaceAll('\\', '/')}`))).toEqual([]);
    expect(
      plain.files.filter((file) => /\.test\.|\/testing\/|\.svelte|\.html|\.mjs|\.css/.test(file)),
      // What exports say of a disk and call their record, on the page and by command; which formats they write; what checkpoints of a
      // family are called.
    ).toEqual([
      ...['scripts/disk-messages.mjs', 'scripts/result-folder.mjs'],
      ...['src/quantized-formats.mjs', 'src/roles.mjs'],
    ]);
    for (const file of ['src/ui/format/quantity.ts', 'src/checkpoint/header.test.ts', 'index.html'])
      expect(withByte(file)).toEqual([]);
  });

  it('a package of another version changes those that reach it, however far', () => {
    const bumped = (name: string): string[] =>
      kindsThatDiffer(
        changed((path, text) => {
          if (path !== 'package-lock.json') return text;
          const lock = JSON.parse(text) as { packages: Record<string, { version: string }> };
          (lock.packages[`node_modules/${name}`] as { version: string }).version = '99.0.0';
          return JSON.stringify(lock);
        }),
      );
    expect(bumped('@huggingface/transformers')).toEqual([...ENGINE].sort());
    // Only transformers asks for it.
    expect(bumped('@huggingface/tokenizers')).toEqual([...ENGINE].sort());
    expect(bumped('d3')).toEqual([]);
    expect(bumped('vite')).toEqual([]);
  });

  it('is the same with another version of the app, and with the line ends of Windows', () => {
    const version = changed((path, text) =>
      path === 'package.json' ? text.replace(/"version": ".*?"/, '"version": "9.9.9"') : text,
    );
    expect(kindsThatDiffer(version)).toEqual([]);
    expect(kindsThatDiffer(changed((_, text) => text.replaceAll('\n', '\r\n')))).toEqual([]);
  });

  it('every kind that keeps records is declared, and the app is built with the hashes', () => {
    // Kinds with journals, and merges, whose record lies beside what they write.
    const used = [...WORK_KINDS, 'merge'];
    expect(used.length).toBeGreaterThan(11);
    expect(used.filter((kind) => !KINDS.includes(kind))).toEqual([]);
    for (const kind of KINDS) expect(modulesOf(kind)).toBe(plain.hashes[kind]);
    expect(modulesOf('squares')).toBe(plain.all);
    expect(modulesOf('constructor')).toBe(plain.all);
    expect(buildName()).toBe(
      `${(JSON.parse(readText('package.json') ?? '') as { version: string }).version} (${plain.all.slice(0, 8)})`,
    );
  });
});

describe('a graph of modules', () => {
  const files: Record<string, string> = {
    'package-lock.json': JSON.stringify({
      packages: {
        'node_modules/p': { version: '1', dependencies: { q: '*' } },
        'node_modules/p/node_modules/q': { version: '1' },
        'node_modules/q': { version: '2' },
      },
    }),
    'src/a.ts': `import type { T } from './t.ts'; import { type U } from './u.ts'; import { b } from './deep/b.ts'; import 'p/sub';`,
    'src/deep/b.ts': `export * from '../c.ts'; export type { V } from '../v.ts'; export const b = () => import('./d.ts');`,
    'src/c.ts': `new Worker(new URL('../workers/w.ts', import.meta.url)); import data from './data.json' with { type: 'json' };`,
    'src/deep/d.ts': `import bytes from './asm/index.ts?assemblyscript'; import made from 'virtual:made';`,
    'src/deep/asm/index.ts': `import { e } from './e';`,
    'src/deep/asm/e.ts': `export function e(): i32 { return 1; }`,
    'src/data.json': '{}',
    'workers/w.ts': `import { version } from '../package.json';`,
    'package.json': '{}',
    'src/ui/draw.ts': '',
  };
  const graph = (more: Record<string, string> = {}) =>
    new ModuleGraph((path) => ({ ...files, ...more })[path] ?? null);

  it('follows values, re-exports, later imports, workers, programs and data, and no types', () => {
    expect(graph().reached(['src/a.ts'])).toEqual({
      files: [
        ...['src/a.ts', 'src/c.ts', 'src/data.json', 'src/deep/asm/e.ts', 'src/deep/asm/index.ts'],
        ...['src/deep/b.ts', 'src/deep/d.ts', 'workers/w.ts'],
      ],
      packages: ['node_modules/p', 'node_modules/p/node_modules/q'],
    });
  });

  it('ends at circles, and does not care in which order modules are named', () => {
    const circle = graph({ 'src/deep/asm/e.ts': `import '../../a.ts';` });
    expect(circle.hash(['src/a.ts', 'src/c.ts'])).toBe(circle.hash(['src/c.ts', 'src/a.ts', 'src/c.ts']));
    expect(circle.hash(['src/a.ts'])).not.toBe(graph().hash(['src/a.ts']));
  });

  it('knows a module moved to another name', () => {
    const moved = graph({ 'src/c.ts': `export * from './c2.ts';`, 'src/c2.ts': files['src/c.ts'] as string });
    expect(moved.hash(['src/a.ts'])).not.toBe(graph().hash(['src/a.ts']));
  });

  it.each([
    ['a module that is not there', `import './gone.ts';`, 'src/gone.ts is imported'],
    [
      'a package that is not locked',
      `import 'r';`,
      'r is imported by what computes, and is not in package-lock.json',
    ],
    ['a screen', `import './ui/draw.ts';`, 'src/ui/draw.ts draws'],
    ['a name that is computed', 'import(`./${name}.ts`);', 'whose name is computed'],
    ['what is no TypeScript', 'import {', 'src/c.ts is not read'],
  ])('does not pass over %s', (_, text, what) => {
    expect(() => graph({ 'src/c.ts': text }).hash(['src/a.ts'])).toThrow(what);
  });
});
