/** Each setting of each probe of Localize: another value is other work, or it is said why not; and so are models and pictures. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { workKey } from '../../identity/work-identity.ts';
import type { AppState } from '../app/app.svelte.ts';
import { fakeFolder } from '../testing/fake-folder.ts';
import { clearStage, stageApp } from '../testing/stage.ts';
import { countItems } from '../../evaluation/samples/item-counts.ts';
import { heldSamples } from '../../reading/sample-source.ts';
import { PROBES } from '../../analyses/registry.ts';
import type { Localize } from './localize.svelte.ts';

beforeEach(() => localStorage.clear());
afterEach(clearStage);

/** As large as any other; one byte is its own. */
const picture = (mark: number): Blob => new Blob([new Uint8Array(99).fill(1), new Uint8Array([mark])]);

const ITEM = { id: '1', question: 'Q', answer: '1', description: 'a dot' };
const SEEN = [{ ...ITEM, image: picture(1) }];
const ITEMS = { general: SEEN, mathTargeted: SEEN, textOnly: [ITEM], puzzles: SEEN };

interface World {
  readonly template?: string;
  readonly adapter?: string;
  readonly mark?: number;
  /** Of models with DeepStack; null of others. */
  readonly injectedAfter?: readonly number[] | null;
}

async function start(world: World = {}): Promise<AppState> {
  const { template = 'a', adapter = 'vendor nvidia', mark = 1, injectedAfter = [0] } = world;
  const model = { layers: 6, visionBlocks: 2, parameters: 1e6, adapter };
  const { app } = await stageApp({ ...model, ...(injectedAfter ? { injectedAfter } : {}) });
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
  const { sets } = localize;
  sets.broughtPairs = {
    ...{ name: 'mine', notices: [], literalImage: 'strip', literalImages: 0 },
    pairs: (['ocr', 'counting'] as const).flatMap((task) => ['1', '2'].map((id) => ({ ...pair, id, task }))),
  };
  const question = { question: 'Q', answer: '1', image: picture(mark) };
  sets.broughtQuestions = {
    name: 'mine',
    samples: heldSamples(['1', '2', '3', '4', '5'].map((id) => ({ ...question, id }))),
  };
  sets.pairSource = sets.problemSource = sets.pictureSource = 'dropped';
  for (const store of localize.stores.values())
    store.restore({ samples: store.probe.declaration.asks === 'pairs' ? 1 : 2 });
  return app;
}

async function key(localize: Localize, probe: string): Promise<string> {
  localize.probe = probe;
  await localize.prepare();
  return workKey(localize.store.plan?.identity as Parameters<typeof workKey>[0]);
}

/** By setting, another value (or a second one, where an analysis has the first already); where it decides nothing, why not. A setting of another analysis by this name is meant, too. */
const FLIPS: Readonly<
  Record<string, { readonly to: unknown; readonly or?: unknown; readonly since?: string }>
> = {
  definition: { to: 'reference', since: 'records are read by it' },
  mode: { to: 'from-layer' },
  reads: { to: 'text' },
  injection: { to: 'removed' },
  topk: { to: 5 },
  tasks: { to: ['ocr'] },
  layers: { to: '0-2' },
  set: { to: ['0-1'] },
  literalImage: { to: 'keep', since: 'prompts count as they were read' },
  answerSource: { to: true },
  samples: { to: 3 },
  seed: { to: 7 },
  parts: { to: ['mlp'] },
  system: { to: 'Think.' },
  prefix: { to: 'Look. ' },
  maxNewTokens: { to: 65 },
  running: { to: 'free' },
  forcedBy: { to: 'rl', or: 'in' },
  onlyThink: { to: true },
  heads: { to: true, since: 'they are in every record' },
  from: { to: 'in' },
  rows: { to: 8, since: 'a row says what it says alone' },
};

test.each([...PROBES])('%s: every setting decides, or it is said why not', async (name, { declaration }) => {
  const { localize } = await start();
  const before = await key(localize, name);
  const { store } = localize;
  for (const setting of Object.keys(declaration.settings)) {
    const flip = FLIPS[setting];
    if (!flip) throw new Error(`what does ${setting} decide?`);
    const was = store.values;
    const to = was[setting] === flip.to ? flip.or : flip.to;
    expect(store.restore({ [setting]: to }), setting).toEqual([]);
    expect((await key(localize, name)) !== before, setting).toBe(flip.since === undefined);
    store.values = was;
    expect(await key(localize, name), `${setting}, as before`).toBe(before);
  }
});

test.each(['swap', 'ablate'])(
  '%s of a model without DeepStack: no choice, and none decides',
  async (name) => {
    const shown = () =>
      page.getByRole('group', { name: 'Injected image features (DeepStack)' }).elements().length;
    for (const injectedAfter of [[0, 1, 2], null]) {
      const { localize } = await start({ injectedAfter });
      location.hash = '#localize';
      const before = await key(localize, name);
      await expect.poll(shown).toBe(injectedAfter ? 1 : 0);
      localize.store.restore({ injection: 'removed' });
      expect((await key(localize, name)) !== before).toBe(injectedAfter !== null);
      const said = JSON.stringify(localize.store.plan?.identity.settings);
      expect(said.includes('"injection":"removed"')).toBe(injectedAfter !== null);
      clearStage();
    }
  },
);

test('analyses of one model are of the one that was chosen', async () => {
  const { localize } = await start();
  for (const [name, { declaration }] of PROBES) {
    localize.chosen = 'RL';
    const before = await key(localize, name);
    localize.chosen = 'IN';
    expect((await key(localize, name)) !== before, name).toBe(!declaration.compares);
  }
});

test('another template, adapter or picture of as many bytes is other work of every probe', async () => {
  const keysOf = async (world: World): Promise<readonly string[]> => {
    const { localize } = await start(world);
    const keys: string[] = [];
    for (const probe of PROBES.keys()) keys.push(await key(localize, probe));
    return keys;
  };
  const before = await keysOf({});
  expect(await keysOf({})).toEqual(before);
  for (const world of [{ template: 'b' }, { adapter: 'vendor amd' }, { mark: 9 }]) {
    const after = await keysOf(world);
    for (const [at, probe] of [...PROBES.keys()].entries()) {
      expect(after[at], `${probe} ${JSON.stringify(world)}`).not.toBe(before[at]);
    }
  }
});

test('an own pair counts by its pictures, not by their size', async () => {
  const { localize } = await start();
  localize.sets.makePair(picture(1), picture(2), 'What?');
  const before = await key(localize, 'swap');
  localize.sets.makePair(picture(3), picture(2), 'What?');
  expect(await key(localize, 'swap')).not.toBe(before);
  localize.sets.makePair(picture(1), picture(2), 'What?');
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
