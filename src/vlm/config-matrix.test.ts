import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { VlmConfig } from './config.ts';
import { readConfig } from './config.ts';

/** What `tools/configs/make.py` writes; its README describes the form. */
interface Matrix {
  readonly releases: readonly string[];
  readonly starts: Readonly<Record<string, Start>>;
}
interface Start {
  readonly first: object;
  readonly read: Read;
  readonly contents: readonly { readonly config: object; readonly generation_config?: object }[];
  readonly saved: Readonly<Record<string, readonly number[]>>;
  readonly misread: readonly { readonly chain: string; readonly changed: object }[];
}
/** The values that the newest release of transformers read from the first file. */
interface Read {
  readonly text: object;
  readonly vision: object;
  readonly tokens: { readonly eos: number | readonly number[] | null };
}

function matrix(name: string): Matrix {
  const path = new URL(`../../tools/configs/data/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as Matrix;
}

/** Each saved file: the releases that saved it one after the other, and the parsed files of the folder. */
function folders({ releases }: Matrix, { saved, contents }: Start) {
  return Object.entries(saved).flatMap(([row, indices]) =>
    indices.map((index, at) => {
      const later = releases[releases.indexOf(row) + at];
      const chain = row.includes('+') ? row : at === 0 ? row : `${row}+${later ?? ''}`;
      const content = contents[index];
      if (content === undefined) throw new Error(`no content ${index}`);
      const json = { ...content.config, transformers_version: chain.split('+').at(-1) };
      return { chain, ...readConfig(json, 'config.json', content.generation_config) };
    }),
  );
}

/** What the model computes, without the end tokens. */
function model({ text, vision, tokens }: VlmConfig): object {
  const { headDim: _, ...fields } = text;
  return { text: fields, vision, tokens: { ...tokens, eos: null } };
}

/** By golden checkpoint and chain of releases that saved its config (`tools/configs/others.py`). */
type Others = Readonly<Record<string, Readonly<Record<string, object>>>>;

const MATRIX = matrix('matrix');
const MODELS = matrix('models');
const CASES = [
  ...Object.entries(MATRIX.starts).map(([name, start]) => ({ name, start, of: MATRIX })),
  ...Object.entries(MODELS.starts).map(([name, start]) => ({
    name: `${name}, whole model`,
    start,
    of: MODELS,
  })),
];

describe('configs saved by each release of transformers and again by each later one', () => {
  test('are the releases from 4.49 to 5.24, 598 files a start', () => {
    expect(MATRIX.releases.at(0)).toBe('4.49.0');
    expect(MATRIX.releases.at(-1)).toBe('5.24.0');
    for (const start of Object.values(MATRIX.starts)) {
      const chains = folders(MATRIX, start).map(({ chain }) => chain);
      expect(new Set(chains).size).toBe(34 + (34 * 33) / 2 + 3);
    }
  });

  test.each(CASES)('$name: all are the model of the first file', ({ start, of }) => {
    const first = readConfig(start.first, 'config.json').config;
    expect(model(first)).toEqual({ ...start.read, tokens: { ...start.read.tokens, eos: null } });
    for (const { chain, config } of folders(of, start)) {
      expect({ chain, ...model(config) }).toEqual({ chain, ...model(first) });
    }
  });

  test.each(CASES)('$name: the end tokens are those of the first file', ({ name, start, of }) => {
    const named = 'eos_token_id' in start.first ? [start.first.eos_token_id].flat() : [];
    for (const { chain, config } of folders(of, start)) {
      // A release from 5.0 on writes the default of its text class into a file that names no end token.
      const filledIn = name.startsWith('bare') && /(^|\+)5\./.test(chain);
      expect({ chain, eos: config.tokens.eos }).toEqual({ chain, eos: filledIn ? [151645] : named });
    }
  });

  // transformers' own fault: 5.x looks for the ids at the root, where 4.57 does not write them.
  test.each(CASES)('$name: what 5.24 itself reads otherwise gets a notice', ({ start, of }) => {
    const wrong = start.misread.map(({ chain }) => chain);
    for (const { changed } of start.misread) {
      expect(changed).toEqual({ image: 151655, video: 151656, visionStart: 151652, visionEnd: 151653 });
    }
    for (const { chain, notices } of folders(of, start)) {
      const told = notices.some((notice) => notice.includes('image_token_id 374 in text_config alone'));
      expect({ chain, told }).toEqual({ chain, told: wrong.includes(chain) });
    }
  });
});

describe('Qwen2-VL and Qwen3-VL', () => {
  const read = (path: string): unknown =>
    JSON.parse(readFileSync(new URL(`../../tools/${path}`, import.meta.url), 'utf8'));
  const saved = Object.entries(read('configs/data/others.json') as Others).flatMap(([name, chains]) =>
    Object.entries(chains).map(([chain, json]) => ({ name, chain, json })),
  );

  test.each(saved)('$name as saved by $chain is the same model', ({ name, json }) => {
    const { config } = readConfig(read(`goldens/data/checkpoints/${name}/config.json`), 'config.json');
    expect(readConfig(json, 'config.json')).toEqual({ config, notices: [] });
  });

  test('saved by every release that has them', () => {
    expect(saved.map(({ name, chain }) => `${name} ${chain}`)).toEqual(
      expect.arrayContaining([
        'qwen2-untied-bf16-old 4.49.0+4.57.6+5.24.0',
        'qwen3-untied-bf16 4.57.6+5.24.0',
      ]),
    );
  });
});
