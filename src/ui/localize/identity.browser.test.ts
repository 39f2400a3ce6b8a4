/** Each setting of each probe of Localize: another value is other work, or it is said why not; and so are models and pictures. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workKey } from '../../identity/work-identity.ts';
import type { AppState } from '../state/app.svelte.ts';
import { fakeFolder } from '../testing/fake-folder.ts';
import { clearStage, stageApp } from '../testing/stage.ts';
import { countItems } from '../../evaluation/samples/item-counts.ts';
import { heldSamples } from '../../reading/sample-source.ts';
import type { Localize, ProbeName } from './localize.svelte.ts';

beforeEach(() => localStorage.clear());
afterEach(clearStage);

const PROBES = ['swap', 'ablate', 'attention', 'lens', 'patch'] as const satisfies readonly ProbeName[];
const ASKING = PROBES.slice(1);

/** As large as any other; one byte is its own. */
const picture = (mark: number): Blob => new Blob([new Uint8Array(99).fill(1), new Uint8Array([mark])]);

const ITEM = { id: '1', question: 'Q', answer: '1', description: 'a dot' };
const SEEN = [{ ...ITEM, image: picture(1) }];
const ITEMS = { general: SEEN, mathTargeted: SEEN, textOnly: [ITEM], puzzles: SEEN };

interface World {
  readonly template?: string;
  readonly adapter?: string;
  readonly mark?: number;
}

async function start({ template = 'a', adapter = 'vendor nvidia', mark = 1 }: World = {}): Promise<AppState> {
  const { app } = await stageApp({ layers: 6, visionBlocks: 2, parameters: 1e6, adapter });
  const rl = fakeFolder('x-rl');
  const templated = new Map(rl.files).set('chat_template.jinja', new File([template], 'chat_template.jinja'));
  await app.family.place([fakeFolder('x-sft'), { ...rl, files: templated }]);
  await app.family.loadAll();
  const { localize } = app;
  const pair = {
    prompt: 'What?',
    targetAnswer: 'a',
    sourceAnswer: 'b',
    target: picture(mark),
    source: picture(2),
  };
  localize.broughtPairs = {
    ...{ name: 'mine', notices: [], literal: { literalImage: 'strip', literalImages: 0 } },
    samples: (['ocr', 'counting'] as const).flatMap((task) =>
      ['1', '2'].map((id) => ({ ...pair, id, task })),
    ),
  };
  const question = { question: 'Q', answer: '1', image: picture(mark) };
  localize.broughtQuestions = {
    ...{ name: 'mine', notices: [] },
    samples: heldSamples(['1', '2', '3', '4', '5'].map((id) => ({ ...question, id }))),
  };
  localize.pairSource = localize.questionSource = localize.pictureSource = 'dropped';
  localize.samples = 2;
  localize.pairsPerTask = 1;
  return app;
}

async function key(localize: Localize, probe: ProbeName): Promise<string> {
  localize.probe = probe;
  return workKey((await localize.piece())?.piece.identity as Parameters<typeof workKey>[0]);
}

type Settings = Localize['settings'];
/** By setting, another value, and the probes it decides of; none with a reason where it decides nothing. */
const FLIPS: {
  readonly [S in keyof Settings]:
    | { readonly to: Settings[S]; readonly of: readonly ProbeName[] }
    | { readonly to: Settings[S]; readonly of: readonly []; readonly since: string }
    | { readonly since: string };
} = {
  probe: { since: 'told apart by the kind of work' },
  chosen: { to: 'IN', of: ['swap', 'ablate'] },
  definition: { to: 'reference', of: [], since: 'records are read by it' },
  mode: { to: 'from-layer', of: ['swap'] },
  tasks: { to: ['ocr'], of: ['swap'] },
  pairSource: { since: 'a set counts by what is drawn of it' },
  literalImage: { to: 'keep', of: [], since: 'prompts count as they were read' },
  pairsPerTask: { to: 2, of: ['swap'] },
  swapTokens: { to: 65, of: ['swap'] },
  questionSource: { since: 'a set counts by what is drawn of it' },
  pictureSource: { since: 'a set counts by what is drawn of it' },
  samples: { to: 3, of: ASKING },
  seed: { to: 7, of: ASKING },
  part: { to: 'mlp', of: ['ablate'] },
  answerTokens: { to: 255, of: ASKING },
  running: { to: 'free', of: ['attention'] },
  onlyThink: { to: true, of: ['attention'] },
  rows: { to: 8, of: [], since: 'a row says what it says alone' },
};

test('says of every setting what it decides', async () => {
  const { localize } = await start();
  expect(Object.keys(FLIPS).sort()).toEqual(Object.keys(localize.settings).sort());
  for (const [setting, flip] of Object.entries(FLIPS)) {
    if (!('to' in flip)) continue;
    for (const probe of PROBES) {
      const before = await key(localize, probe);
      const was = localize.settings[setting as keyof Settings];
      Object.assign(localize, { [setting]: flip.to });
      const isOther = (await key(localize, probe)) !== before;
      expect(isOther, `${setting} of ${probe}`).toBe((flip.of as readonly string[]).includes(probe));
      Object.assign(localize, { [setting]: was });
      expect(await key(localize, probe), `${setting} of ${probe}, as before`).toBe(before);
    }
  }
});

test('another template, adapter or picture of as many bytes is other work of every probe', async () => {
  const keysOf = async (world: World): Promise<readonly string[]> => {
    const { localize } = await start(world);
    const keys: string[] = [];
    for (const probe of PROBES) keys.push(await key(localize, probe));
    return keys;
  };
  const before = await keysOf({});
  expect(await keysOf({})).toEqual(before);
  for (const world of [{ template: 'b' }, { adapter: 'vendor amd' }, { mark: 9 }]) {
    const after = await keysOf(world);
    for (const [at, probe] of PROBES.entries()) {
      expect(after[at], `${probe} ${JSON.stringify(world)}`).not.toBe(before[at]);
    }
  }
});

test('an own pair counts by its pictures, not by their size', async () => {
  const { localize } = await start();
  localize.makePair(picture(1), picture(2), 'What?');
  const before = await key(localize, 'swap');
  localize.makePair(picture(3), picture(2), 'What?');
  expect(await key(localize, 'swap')).not.toBe(before);
  localize.makePair(picture(1), picture(2), 'What?');
  expect(await key(localize, 'swap')).toBe(before);
});

test('answers of every evaluation are asked anew on another adapter, and with another template', async () => {
  const keysOf = async (world: World): Promise<readonly (readonly string[])[]> => {
    const app = await start(world);
    const sets = [app.evaluation, app.necessity, app.perception];
    for (const store of sets) {
      store.choice.brought = {
        name: 'mine',
        items: { counts: countItems(ITEMS), drawn: () => Promise.resolve(ITEMS), close: () => undefined },
      };
      await store.prepare();
    }
    return sets.map(({ run }) =>
      run.asks.flatMap(({ key: name, variant }) => (variant.name === 'RL' ? [name] : [])),
    );
  };
  const before = await keysOf({});
  expect(before.map(({ length }) => length)).toEqual([5, 5, 2]);
  for (const world of [{ template: 'b' }, { adapter: 'vendor amd' }]) {
    for (const [at, keys] of (await keysOf(world)).entries()) {
      expect(keys.filter((name) => before[at]?.includes(name))).toEqual([]);
    }
  }
});
