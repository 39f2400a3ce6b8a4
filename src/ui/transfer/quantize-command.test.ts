import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { command as quantize } from '../../../scripts/commands/quantize.mjs';
import { readFlags } from '../../../scripts/flags.mjs';
import { parseBlocks } from '../../merge/recipe/blocks.ts';
import type { Recipe } from '../../merge/recipe/recipe.ts';
import { type AskedScheme, groupsOf, schemeOf } from '../../merge/quantize/scheme.ts';
import { quantizeCommand, type Written } from './quantize-command.ts';
import { WAYS } from './quantizing.svelte.ts';

const LAYERS = 28;
const AS_USUAL: Written = { out: 'merge', cuts: [9, 18], shardBytes: 5e9, verbatim: false };
const AWQ = schemeOf({ format: 'awq' });

/** A plan of donors, each in a folder of its own. */
function planOf(recipe: Recipe, folders: Readonly<Record<string, string>>) {
  const donors = Object.entries(folders).map(([name, checkpoint]) => ({
    ...{ name, checkpoint, fingerprint: name, bytes: 1 },
    leftBehind: [],
  }));
  return { recipe, donors };
}
const stitch = (blocks: string, folders: Readonly<Record<string, string>>) =>
  planOf(parseBlocks(blocks, Object.keys(folders), LAYERS, AS_USUAL.cuts), folders);
const FAMILY = { IN: 'x-sft', RL: 'x-rl' };

/** Flags as the command reads them of the words that a shell makes. */
function flagsOf(line: string | null) {
  const said = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  const words = said.split('\0').slice(0, -1);
  expect(words.slice(0, 6)).toEqual(['npm', 'run', '-s', 'headless', '--', 'quantize']);
  return readFlags(quantize, words.slice(6));
}

describe('the command of a quantized export', () => {
  const asked = Object.values(WAYS).filter((way) => way !== null) as AskedScheme[];
  it.each(
    asked.flatMap((way) =>
      [undefined, ...groupsOf(way.format)].flatMap((group) =>
        (way.format === 'awq' ? [false] : [false, true]).map((head) => [{ ...way, group, head }] as const),
      ),
    ),
  )('asks for the same scheme: %o', (scheme) => {
    const { format, bits, group, head } = flagsOf(
      quantizeCommand(stitch('IN:RL:RL', FAMILY), schemeOf(scheme), AS_USUAL),
    ) as unknown as AskedScheme;
    expect(schemeOf({ format, bits, group, head: head === true })).toEqual(schemeOf(scheme));
  });

  it('gives donors as the flags of their roles, a further one as a flag that is free, and says the same layers', () => {
    const flags = flagsOf(quantizeCommand(stitch('IN:RL:RL', FAMILY), AWQ, AS_USUAL));
    expect(flags).toMatchObject({ in: 'x-sft', rl: 'x-rl', blocks: 'IN:RL:RL', cuts: '9,18', out: 'merge' });
    expect(flags).not.toHaveProperty('model');
    const further = stitch('RL:frozen:RL', { RL: 'x-rl', frozen: 'x-frozen' });
    expect(flagsOf(quantizeCommand(further, AWQ, AS_USUAL))).toMatchObject({
      ...{ rl: 'x-rl', base: 'x-frozen', blocks: 'RL:Base:RL' },
    });
  });

  it('gives one checkpoint as the model, sizes and small files as they were chosen, and names as they are', () => {
    const odd = "it's a $(folder)";
    const plan = stitch('RL', { RL: odd });
    expect(
      flagsOf(quantizeCommand(plan, AWQ, { ...AS_USUAL, shardBytes: 1e9, verbatim: true, out: `${odd} q` })),
    ).toMatchObject({ model: odd, shardBytes: 1e9, verbatim: true, out: `${odd} q` });
    expect(flagsOf(quantizeCommand(stitch('RL', { RL: '--rl' }), AWQ, AS_USUAL))).toMatchObject({
      model: './--rl',
    });
  });

  it('names the recipe where blocks cannot say it, and is none where the command cannot be told', () => {
    const { recipe } = stitch('IN:RL:RL', FAMILY);
    const edits: Recipe['edits'] = [
      { kind: 'interpolate', layers: { first: 1, last: 2 }, part: 'all', donor: 'RL', alpha: 0.5 },
    ];
    for (const edited of [
      { ...recipe, edits },
      { ...recipe, chatTemplate: 'a' },
      { ...recipe, rest: { ...recipe.rest, visionTower: 'RL' } },
      { ...recipe, rest: { frame: 'RL', visionTower: 'RL', projector: 'RL', head: 'RL' } },
    ]) {
      const flags = flagsOf(quantizeCommand(planOf(edited, FAMILY), AWQ, AS_USUAL));
      expect(flags).toMatchObject({ in: 'x-sft', rl: 'x-rl', recipe: ['frankenscope-recipe.json'] });
      expect(flags).not.toHaveProperty('blocks');
    }
    const further = stitch('RL:frozen:RL', { RL: 'x-rl', frozen: 'x-frozen' });
    expect(quantizeCommand({ ...further, recipe: { ...further.recipe, edits } }, AWQ, AS_USUAL)).toBeNull();
    const four = { Base: 'a', IN: 'b', RL: 'c', frozen: 'd' };
    const recipe4 = parseBlocks('Base:IN:RL:frozen', Object.keys(four), LAYERS);
    expect(quantizeCommand(planOf(recipe4, four), AWQ, AS_USUAL)).toBeNull();
  });
});
