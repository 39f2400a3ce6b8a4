import { describe, expect, it } from 'vitest';
import { qwenTensors, SHAPE_3B, SHAPE_7B } from '../../checkpoint/testing/qwen-layout.ts';
import { canonicalName } from '../../checkpoint/tensor-name.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import type { AskedModel } from '../asked-model.ts';
import type { MeasuredUpdates } from '../evaluation.ts';
import { type FreezeChoice, type FreezeConfig, freezeConfigs, frozenPattern } from './freeze-config.ts';
import { freezeFinding, frozenCheck, redistribution } from './frozen-check.ts';

/** The same parameters as transformers names them from 4.52 on. */
const later = (name: string): string =>
  name.replace(/^visual\./, 'model.visual.').replace(/^model\.(?!visual)/, 'model.language_model.');

const MODELS = [
  { label: '3B', shape: SHAPE_3B },
  { label: '7B', shape: SHAPE_7B },
].flatMap(({ label, shape }) => {
  const names = qwenTensors(shape).map(({ name }) => name);
  const model = { name: label, layers: shape.layers, tiedHead: shape.tied };
  return [
    { ...model, spelling: 'hub', names },
    { ...model, spelling: 'later', names: names.map(later) },
  ];
});

const layerOf = (name: string): number =>
  Number(/^model\.layers\.(\d+)\./.exec(canonicalName(name))?.[1] ?? -1) + 1;

const REGIONS = [
  { region: 'early', share: [0, 1 / 3] },
  { region: 'middle', share: [1 / 3, 2 / 3] },
  { region: 'late', share: [2 / 3, 1] },
] as const;

const CASES = MODELS.flatMap(({ names, name, spelling, ...model }) =>
  REGIONS.map(({ region, share: [from, to] }) => ({
    label: `${name} ${spelling} ${region}`,
    names,
    choice: {
      ...model,
      first: Math.floor(model.layers * from) + 1,
      last: Math.floor(model.layers * to),
      vision: 'frozen',
    } satisfies FreezeChoice,
  })),
);

const textOf = (configs: readonly FreezeConfig[], trainer: string): string => {
  const config = configs.find((one) => one.trainer === trainer);
  return config?.kind === 'text' ? config.text : '';
};

describe.each(CASES)('freezing $label', ({ names, choice }) => {
  const meant = names.filter((name) => layerOf(name) >= choice.first && layerOf(name) <= choice.last);

  it('ms-swift: the pattern means the region’s parameters and no others', () => {
    const text = textOf(freezeConfigs(choice), 'ms-swift');
    const quoted = /--freeze_parameters_regex '(.*)'/.exec(text)?.[1] ?? '';
    expect(names.filter((name) => new RegExp(quoted).test(name))).toEqual(meant);
    expect(meant.length).toBe(12 * (choice.last - choice.first + 1));
    expect(text).toContain('--freeze_vit true');
  });

  it('axolotl: what is not named is the region, and vision where it is frozen', () => {
    const patterns = [...textOf(freezeConfigs(choice), 'axolotl').matchAll(/^ {2}- (.*)$/gm)].map(
      ([, pattern = '']) => new RegExp(`^(?:${pattern.replaceAll('.', '\\.')})`),
    );
    const frozen = names.filter((name) => !patterns.some((pattern) => pattern.test(name)));
    const vision = names.filter((name) => canonicalName(name).startsWith('visual.'));
    expect(new Set(frozen)).toEqual(new Set([...meant, ...vision]));
    const trained = textOf(freezeConfigs({ ...choice, vision: 'trained' }), 'axolotl');
    expect(trained).toContain('  - visual.');
  });

  it('TRL and verl: six lines whose pattern means the region and vision', () => {
    const text = textOf(freezeConfigs(choice), 'TRL or verl');
    expect(text.split('\n')).toHaveLength(6);
    const pattern = new RegExp(/r"(.*)"/.exec(text)?.[1] ?? '');
    const vision = names.filter((name) => canonicalName(name).startsWith('visual.'));
    expect(new Set(names.filter((name) => pattern.test(name)))).toEqual(new Set([...meant, ...vision]));
  });
});

describe('freezing', () => {
  const choice: FreezeChoice = { layers: 28, first: 1, last: 9, vision: 'frozen', tiedHead: false };

  it('by LLaMA-Factory is possible at the ends only, and says so', () => {
    expect(textOf(freezeConfigs(choice), 'LLaMA-Factory')).toContain('freeze_trainable_layers: 19\n');
    const late = freezeConfigs({ ...choice, first: 19, last: 28 });
    expect(textOf(late, 'LLaMA-Factory')).toContain('freeze_trainable_layers: -18\n');
    const middle = freezeConfigs({ ...choice, first: 10, last: 18 });
    expect(middle.find(({ trainer }) => trainer === 'LLaMA-Factory')).toMatchObject({ kind: 'impossible' });
  });

  it('refuses regions that are none', () => {
    for (const [first, last] of [
      [0, 3],
      [5, 4],
      [20, 29],
      [1.5, 4],
    ] as const) {
      expect(() => frozenPattern({ ...choice, first, last })).toThrow('give 1 ≤ first ≤ last ≤ 28');
    }
  });
});

describe('the check of a frozen run', () => {
  const record = (square: number, unchanged: number): EnergyRecord => ({
    elements: 100,
    weights: { in: 4 },
    squares: { run: square },
    unchanged: { run: unchanged },
    products: {},
  });
  const layers = (squares: readonly number[]): Map<string, EnergyRecord> =>
    new Map(
      squares.map((square, index) => [
        `model.language_model.layers.${index}.mlp.up_proj.weight`,
        record(square, square === 0 ? 100 : 7),
      ]),
    );

  it('finds the region that is exactly as it was, and where the update went', () => {
    const frozen = freezeFinding(layers([0, 0, 3, 1, 4, 8]), 'run', 'in', [2, 4]);
    expect(frozen.untouched).toEqual(['early']);
    expect(frozen.places.map(({ share }) => share)).toEqual([0, 4 / 16, 12 / 16]);
    expect(frozen.places[2]).toMatchObject({ tensors: 2, elements: 200, unchanged: 14 });
    expect(frozen.places[2]?.norm).toBeCloseTo(Math.sqrt(12), 12);
    expect(frozen.places[2]?.relative).toBeCloseTo(Math.sqrt(12 / 8), 7);
    const plain = freezeFinding(layers([2, 2, 2, 2, 4, 4]), 'run', 'in', [2, 4]);
    expect(redistribution(frozen, plain).map(({ difference }) => difference)).toEqual([-0.25, 0, 0.25]);
    // Of an update of nothing no region has a share.
    const nothing = freezeFinding(layers([0, 0, 0, 0, 0, 0]), 'run', 'in', [2, 4]);
    expect(nothing.places.map(({ share }) => share)).toEqual([null, null, null]);
    expect(redistribution(nothing, plain).map(({ difference }) => difference)).toEqual([null, null, null]);
  });

  it('is not fooled by a single element', () => {
    const records = layers([0, 0, 1, 1, 1, 1]);
    records.set('model.layers.0.mlp.up_proj.weight', record(0, 99));
    expect(freezeFinding(records, 'run', 'in', [2, 4]).untouched).toEqual([]);
  });

  it('is one file of all runs that are asked, whatever order records came in', () => {
    const energies = (rl: readonly number[], run: readonly number[]): Map<string, EnergyRecord> =>
      new Map(
        [...layers(rl)].map(([name, { squares, unchanged }], index) => {
          const frozen = run[index] ?? 0;
          return [
            name,
            {
              ...{ elements: 100, weights: { in: 4 }, products: {} },
              squares: { rl: squares['run'] ?? 0, run: frozen, sft: 1 },
              unchanged: { rl: unchanged['run'] ?? 0, run: frozen === 0 ? 100 : 7, sft: 0 },
            },
          ];
        }),
      );
    const records = energies([2, 2, 2, 2, 4, 4], [0, 0, 3, 1, 4, 8]);
    const asked = (name: string, fingerprint: string): AskedModel =>
      ({ name, checkpoint: { fingerprint } }) as AskedModel;
    const models = [asked('IN', 'a'), asked('RL', 'b'), asked('run A', 'c')];
    const [rl, run, sft, merge] = ['rl', 'run', 'sft', 'merge'].map((key) => ({
      ...{ key, to: key === 'sft' ? 'in' : key, from: key === 'sft' ? 'base' : 'in', relativeTo: 'in' },
    }));
    const plan = {
      deltas: [sft, rl, run, merge],
      checkpoints: new Map([
        ...[['base', { fingerprint: 'z' }] as const, ['in', { fingerprint: 'a' }] as const],
        ...[['rl', { fingerprint: 'b' }] as const, ['run', { fingerprint: 'c' }] as const],
        ['merge', { fingerprint: 'd' }],
      ]),
      pairing: { families: [...records.keys()].map((name) => ({ name })) },
    } as unknown as MeasuredUpdates['plan'];
    const check = (found: ReadonlyMap<string, EnergyRecord>) =>
      frozenCheck({ plan, records: found, rounding: 'stored' }, models, [2, 4]);
    const file = check(records);
    expect(file).toMatchObject({ cuts: [2, 4], rounding: 'stored', tensors: 6 });
    expect(file.updates.map(({ model, untouched }) => [model, untouched])).toEqual([
      ['RL', []],
      ['run A', ['early']],
    ]);
    expect(file.updates.map(({ againstRl }) => againstRl)).toEqual([undefined, [-0.25, 0, 0.25]]);
    expect(JSON.stringify(check(new Map([...records].reverse())))).toBe(JSON.stringify(file));
  });

  it('keeps what lies outside the layers apart', () => {
    const records = layers([1, 1, 1]);
    records
      .set('model.embed_tokens.weight', record(5, 0))
      .set('visual.blocks.0.attn.qkv.weight', record(0, 100));
    const { places } = freezeFinding(records, 'run', 'in', [1, 2]);
    expect(places.find(({ place }) => place === 'outside')).toMatchObject({ tensors: 2, square: 5 });
  });
});
