import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NamedError } from '../../named-error.ts';
import { evenCuts } from '../../regions.ts';
import { parseBlocks, printBlocks, STANDARD_BLOCKS } from './blocks.ts';
import { readRecipe, writeRecipe } from './recipe-file.ts';
import type { Edit, Recipe } from './recipe.ts';
import { donorsOf, isPlainStitch, renameDonor, restFrom } from './recipe.ts';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const nameOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof NamedError) return error.name;
    throw error;
  }
  return 'nothing';
};

describe('block notation', () => {
  it('IN:RL:RL hands 28 layers over in thirds, 9/9/10, and takes the rest from Early', () => {
    const recipe = parseBlocks('IN:RL:IN', ['IN', 'RL'], 28);
    expect(recipe.layers.map((donor) => (donor === 'IN' ? 'i' : 'r')).join('')).toBe(
      'iiiiiiiii' + 'rrrrrrrrr' + 'iiiiiiiiii',
    );
    expect(recipe.rest).toEqual(restFrom('IN'));
    expect(evenCuts(28, 3)).toEqual([9, 18]);
    expect(evenCuts(36, 3)).toEqual([12, 24]);
  });

  it('the standard set are the eight variants of P1, pure and mixed', () => {
    const recipes = STANDARD_BLOCKS.map((blocks) => parseBlocks(blocks, ['IN', 'RL'], 6));
    expect(new Set(recipes.map(({ layers }) => layers.join())).size).toBe(8);
    expect(recipes.every(isPlainStitch)).toBe(true);
    expect(recipes.filter((recipe) => donorsOf(recipe).length === 1)).toHaveLength(2);
  });

  it('takes cuts, any number of regions, and names in any case', () => {
    expect(parseBlocks('in:rl', ['IN', 'RL'], 5, [2]).layers).toEqual(['IN', 'IN', 'RL', 'RL', 'RL']);
    expect(parseBlocks(' Base : IN:RL:IN ', ['Base', 'IN', 'RL'], 8, [1, 2, 7]).layers.join()).toBe(
      'Base,IN,RL,RL,RL,RL,RL,IN',
    );
    expect(parseBlocks('RL', ['RL'], 3, [1, 2]).layers).toEqual(['RL', 'RL', 'RL']);
  });

  it.each([
    ['IN::RL', undefined, 'InvalidBlocks'],
    ['', undefined, 'InvalidBlocks'],
    ['IN:SFT:RL', undefined, 'UnknownDonor'],
    ['IN:RL:RL', [9], 'InvalidCuts'],
    ['IN:RL:RL', [18, 9], 'InvalidCuts'],
    ['IN:RL:RL', [0, 9], 'InvalidCuts'],
    ['IN:RL:RL', [9, 28], 'InvalidCuts'],
    ['IN:RL:RL', [9.5, 18], 'InvalidCuts'],
  ])('%j with cuts %j: %s', (text, cuts, name) => {
    expect(nameOf(() => parseBlocks(text, ['IN', 'RL'], 28, cuts))).toBe(name);
  });

  it('a printed recipe reads back as itself', () => {
    const donor = fc.constantFrom('IN', 'RL', 'Base');
    fc.assert(
      fc.property(fc.array(donor, { minLength: 1, maxLength: 40 }), (layers) => {
        const { blocks, cuts } = printBlocks({ layers });
        expect(parseBlocks(blocks, ['IN', 'RL', 'Base'], layers.length, cuts).layers).toEqual(layers);
      }),
    );
    expect(printBlocks({ layers: ['IN', 'IN', 'RL', 'RL', 'RL', 'RL'] }, [2, 4])).toEqual({
      blocks: 'IN:RL:RL',
      cuts: [2, 4],
    });
  });
});

describe('a recipe file', () => {
  const edits: Edit[] = [
    { kind: 'replace', layers: { first: 1, last: 2 }, part: 'attention', donor: 'RL' },
    { kind: 'interpolate', layers: { first: 3, last: 3 }, part: 'mlp', donor: 'RL', alpha: 0.25 },
    { kind: 'interpolate-rest', pieces: ['visionTower', 'head'], donor: 'RL', alpha: 0.5 },
    { kind: 'noise', layers: { first: 1, last: 3 }, part: 'all', ratio: 0.1, seed: 4294967295 },
  ];
  const recipe: Recipe = {
    layers: ['IN', 'RL', 'IN'],
    rest: { frame: 'IN', visionTower: 'Base', projector: 'RL', head: 'IN' },
    edits,
  };

  it('reads back what was written', () => {
    const donors = new Map([['IN', { checkpoint: 'cold-start', fingerprint: 'ab' }]]);
    const text = writeRecipe({ recipe, donors });
    expect(readRecipe(new TextEncoder().encode(text), 'r.json', 3)).toEqual({ recipe, donors });
  });

  it('follows a donor that gets another name, everywhere it gives something', () => {
    const renamed = renameDonor(recipe, 'RL', 'late');
    expect(JSON.stringify(renamed)).toBe(JSON.stringify(recipe).replaceAll('"RL"', '"late"'));
    expect(donorsOf(renamed)).toEqual(donorsOf(recipe).map((name) => (name === 'RL' ? 'late' : name)));
    expect(renameDonor(renamed, 'late', 'RL')).toEqual(recipe);
  });

  it('may be short: blocks and nothing else', () => {
    const short = { format: 'frankenscope-recipe', version: 1, blocks: 'IN:RL:RL' };
    expect(readRecipe(bytes(short), 'r.json', 6).recipe).toEqual(parseBlocks('IN:RL:RL', ['IN', 'RL'], 6));
    expect(readRecipe(bytes({ ...short, cuts: [1, 2] }), 'r.json', 6).recipe.layers[1]).toBe('RL');
  });

  const whole = { format: 'frankenscope-recipe', version: 1, layers: ['IN', 'RL', 'IN'] };
  it.each([
    [{}, 'it is missing', 'format'],
    [[], '[] is not an object', undefined],
    [{ ...whole, version: 2 }, '2 is not 1, the version that is known', 'version'],
    [{ ...whole, layers: 'IN' }, '"IN" is not a list', 'layers'],
    [{ ...whole, layers: ['IN', '', 'IN'] }, '"" is not the name of a donor', 'layers.1'],
    [
      { ...whole, blocks: 'IN' },
      'it needs either layers (a list of donors) or blocks (as "IN:RL:RL")',
      'layers',
    ],
    [{ ...whole, cuts: ['1'] }, '"1" is not a number', 'cuts.0'],
    [{ ...whole, rest: { frame: 3 } }, '3 is not the name of a donor', 'rest.frame'],
    [{ ...whole, rest: [] }, '[] is not an object', 'rest'],
    [
      { ...whole, rest: { vision_tower: 'RL' } },
      'none of frame, visionTower, projector, head',
      'rest.vision_tower',
    ],
    [
      { ...whole, edits: [{ kind: 'slerp' }] },
      '"slerp" is not a kind of edit (replace, interpolate, interpolate-rest, noise)',
      'edits.0.kind',
    ],
    [
      { ...whole, edits: [{ kind: 'constructor' }] },
      '"constructor" is not a kind of edit (replace, interpolate, interpolate-rest, noise)',
      'edits.0.kind',
    ],
    [
      { ...whole, edits: [edits[0], { ...edits[1], alpha: 1.5 }] },
      '1.5 is not a number from 0 to 1',
      'edits.1.alpha',
    ],
    [
      { ...whole, edits: [{ ...edits[1], layers: { first: 2, last: 4 } }] },
      'the model has layers from 1 to 3',
      'edits.0.layers',
    ],
    [
      { ...whole, edits: [{ ...edits[1], layers: { first: 3, last: 2 } }] },
      '{"first":3,"last":2} is not a span of layers, first to last',
      'edits.0.layers',
    ],
    [
      { ...whole, edits: [{ ...edits[1], layers: { first: 0, last: 2 } }] },
      '0 is not the number of a layer, from 1',
      'edits.0.layers.first',
    ],
    [
      { ...whole, edits: [{ ...edits[1], part: 'norms' }] },
      '"norms" is not one of all, attention, mlp',
      'edits.0.part',
    ],
    [
      { ...whole, edits: [{ ...edits[1], parts: 'mlp' }] },
      'none of kind, layers, part, donor, alpha',
      'edits.0.parts',
    ],
    [
      { ...whole, edits: [{ ...edits[3], seed: -1 }] },
      '-1 is not a whole number from 0 to 4294967295',
      'edits.0.seed',
    ],
    [
      { ...whole, edits: [{ ...edits[2], pieces: ['tail'] }] },
      '"tail" is not one of frame, visionTower, projector, head',
      'edits.0.pieces.0',
    ],
    [{ ...whole, donors: { IN: 1 } }, '1 is not an object', 'donors.IN'],
    [{ ...whole, donors: { constructor: {} } }, 'it is missing', 'donors.constructor.checkpoint'],
    [
      { ...whole, edit: [] },
      'none of format, version, layers, blocks, cuts, rest, edits, chatTemplate, donors, changed',
      'edit',
    ],
    [{ ...whole, chatTemplate: 1 }, '1 is not a text', 'chatTemplate'],
  ])('%j: %s', (value, what, field) => {
    expect(() => readRecipe(bytes(value), 'r.json', 3)).toThrow(
      expect.objectContaining({
        ...{ name: 'InvalidRecipe', what },
        place: { file: 'r.json', ...(field === undefined ? {} : { field }) },
        remedy: 'see the documentation of the stitcher for the form',
      }),
    );
  });

  it('of another depth is told as such, whatever its edits reach', () => {
    const deep = { ...whole, edits: [{ ...edits[0], layers: { first: 4, last: 4 } }] };
    expect(nameOf(() => readRecipe(bytes({ ...deep, layers: ['IN'] }), 'r.json', 3))).toBe('WrongDepth');
    expect(nameOf(() => readRecipe(bytes({ ...deep, layers: [] }), 'r.json', 3))).toBe('WrongDepth');
  });

  it('takes donors of any name', () => {
    const record = { checkpoint: 'c', fingerprint: 'f' };
    const text = JSON.stringify({ ...whole, donors: { constructor: record, prototype: record } });
    const withProto = text.replace('"donors":{', `"donors":{"__proto__":${JSON.stringify(record)},`);
    expect([...readRecipe(new TextEncoder().encode(withProto), 'r.json', 3).donors.keys()]).toEqual([
      ...['__proto__', 'constructor', 'prototype'],
    ]);
  });
});
