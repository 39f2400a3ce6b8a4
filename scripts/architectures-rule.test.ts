import { join } from 'node:path';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './paths.mjs';

let lint: (path: string, text: string) => Promise<readonly (string | null)[]>;

beforeAll(() => {
  const eslint = new ESLint({ cwd: ROOT });
  lint = async (path, text) => {
    const [result] = await eslint.lintText(text, { filePath: join(ROOT, path) });
    return (result?.messages ?? []).map(({ ruleId }) => ruleId);
  };
});

const PLANTED = {
  'a literal': `export const title = 'Qwen2.5-VL';`,
  'a text with values in it': 'export const text = (n: number) => `${n} layers of qwen3_vl`;',
  'a pattern': `export const is = (name: string) => /^Qwen/.test(name);`,
  'an import of its folder': `export * from '../vlm/architectures/qwen2_5_vl/architecture.ts';`,
};
const BRANCHES = {
  'a comparison': `export const is = (config: { modelType: string }) => config.modelType === 'toy';`,
  'a switch': `export function f(config: { modelType: string }) { switch (config.modelType) { case 'toy': return 1; } return 0; }`,
};

describe('an architecture is named in its folder alone', () => {
  const rooms = [
    'src/graph',
    'src/engine',
    'src/probes',
    'src/spectra',
    'src/merge',
    'src/ui/open',
    'workers',
  ];
  it.each(rooms)('%s', async (room) => {
    for (const [what, text] of Object.entries({ ...PLANTED, ...BRANCHES }))
      expect([what, await lint(`${room}/planted.ts`, text)]).toEqual([what, ['no-restricted-syntax']]);
  });

  it('src/vlm around the folders, which may ask which it is', async () => {
    for (const text of Object.values(PLANTED))
      expect(await lint('src/vlm/planted.ts', text)).toEqual(['no-restricted-syntax']);
    for (const text of Object.values(BRANCHES)) expect(await lint('src/vlm/planted.ts', text)).toEqual([]);
  });

  it('texts of a screen, too', async () => {
    expect(await lint('src/ui/open/Planted.svelte', '<p>Open a Qwen2.5-VL checkpoint.</p>')).toEqual([
      'no-restricted-syntax',
    ]);
  });

  it('but not its folder', async () => {
    for (const text of Object.values({ ...PLANTED, ...BRANCHES }))
      expect(await lint('src/vlm/architectures/toy/architecture.ts', text)).toEqual([]);
  });
});
