/** Takes up kept work from the list of it: the page is set as it was, as far as what is open allows. */
import * as v from 'valibot';
import { PROBES } from '../../analyses/registry.ts';
import { NamedError } from '../../named-error.ts';
import { roleOfWeights } from '../../identity/identify.ts';
import { sameWork } from '../../identity/work-identity.ts';
import type { KeptWork } from '../../study/journal/kept-work.ts';
import type { Measure } from '../characterize/characterize.svelte.ts';
import type { AppState } from './app.svelte.ts';
import type { PageId } from '../state/hash.ts';
import { validSettings } from '../state/kept-settings.ts';

const PAGES: Readonly<Record<string, PageId>> = {
  energy: 'characterize',
  diversity: 'characterize',
  overlap: 'characterize',
  ...Object.fromEntries([...PROBES.keys()].map((name) => [name, 'localize'])),
};

/** Whether the list can go on with it; answers and verdicts go on with whatever asks for them again. */
export function canGoOn({ kind, current, complete, described }: KeptWork): boolean {
  return described && current && !complete && Object.hasOwn(PAGES, kind);
}

/** Whether its charts can be shown as they are: it is whole, or another build's, which nothing goes on with. */
export function canShow({ kind, current, complete, described, done }: KeptWork): boolean {
  return described && done > 0 && (complete || !current) && Object.hasOwn(PAGES, kind);
}

/**
 * Sets the page to the work's settings, looks which of the open inputs it was begun with, and runs it.
 *
 * @throws NamedError `NotOpen` where none of what is open makes the same work
 */
export async function goOn(app: AppState, work: KeptWork): Promise<void> {
  const { run } = await turnedTo(app, work);
  void run();
}

/**
 * Sets the page in the same way and shows what is kept, by whatever build: nothing is run.
 *
 * @throws NamedError `NotOpen` where none of what is open makes the same work
 */
export async function showKept(app: AppState, work: KeptWork): Promise<void> {
  const { show } = await turnedTo(app, work);
  await show();
}

async function turnedTo(app: AppState, work: KeptWork): Promise<Turned> {
  const found =
    PAGES[work.kind] === 'localize' ? await inLocalize(app, work) : await inCharacterize(app, work);
  if (!found) throw notOpen(app, work);
  app.view.sheet = null;
  app.view.go(PAGES[work.kind] ?? 'open');
  return found;
}

/** A page that is set to a piece of work. */
interface Turned {
  run(): Promise<void>;
  /** Shows what is kept of it. */
  show(): Promise<void>;
}

async function inLocalize({ localize, images, family }: AppState, work: KeptWork): Promise<Turned | null> {
  const fields = fieldsOf(work);
  const before = { ...localize.settings, reading: images.reading };
  images.restore(fields);
  localize.restore({ probe: work.kind, settings: { [work.kind]: fields } });
  const { store } = localize;
  const sources = store.probe.declaration.asks === 'pairs' ? PAIR_SOURCES : QUESTION_SOURCES;
  for (const chosen of family.loaded.map(({ identity }) => identity.label)) {
    for (const source of sources) {
      // What is no source of this analysis is left out.
      localize.restore({ chosen, pairSource: source, problemSource: source, pictureSource: source });
      await localize.prepare().catch(() => null);
      const { plan } = store;
      if (!plan || !sameWork(plan.identity, work)) continue;
      return {
        run: () => localize.start(),
        async show() {
          await localize.prepare();
          if (!work.current) await store.run.showOther(work.key);
        },
      };
    }
  }
  localize.restore(before);
  images.restore(before.reading);
  return null;
}

const PAIR_SOURCES = ['pairs', 'minimal-pairs', 'dropped', 'own'] as const;
const QUESTION_SOURCES = ['problems', 'general-vqa', 'math-targeted-vqa', 'dropped'] as const;

const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const NAME_PART = v.nullable(v.string());
const MEASURED = {
  rounding: v.picklist(['stored', 'reference']),
  mode: v.picklist(['exact', 'fast']),
  outside: v.boolean(),
  weights: NAME_PART,
  ...{ topK: COUNT, k: COUNT, seed: COUNT },
  deltas: v.array(v.object({ key: v.string() })),
};

async function inCharacterize({ characterize }: AppState, work: KeptWork): Promise<Turned | null> {
  const { settings } = characterize;
  const measure = work.kind as Measure;
  const { measure: shown, rounding, rlFrom, outside, reference, mode, weights, topK, seed } = settings;
  const { overlapWeights, pair, directions } = settings;
  const before = {
    ...{ measure: shown, rounding, rlFrom, outside, reference, mode, weights, topK, seed },
    ...{ overlapWeights, pair, directions },
  };
  const { values } = validSettings(fieldsOf(work), MEASURED);
  const { deltas = [], k, weights: filter, ...same } = values;
  Object.assign(settings, { measure, outside: false, ...same });
  if (measure === 'diversity') settings.weights = filter ?? null;
  if (measure === 'overlap') {
    const [first, second] = deltas.map(({ key }) => key);
    Object.assign(settings, { overlapWeights: filter ?? null, directions: k ?? directions });
    settings.pair = first !== undefined && second !== undefined ? [first, second] : null;
  }
  const run = {
    energy: () => characterize.runEnergy(),
    diversity: () => characterize.runDiversity(),
    overlap: () => characterize.runOverlap(),
  }[measure];
  for (const from of ['in', 'base'] as const) {
    for (const against of [null, 'in', 'base']) {
      Object.assign(settings, { rlFrom: from, reference: against });
      await characterize.prepare();
      const { identity } = characterize.study ?? {};
      if (!identity || !sameWork(identity, work)) continue;
      return {
        run,
        show: () => (work.current ? Promise.resolve() : characterize[measure].showOther(work.key)),
      };
    }
  }
  Object.assign(settings, before);
  await characterize.prepare();
  return null;
}

function fieldsOf({ settings }: KeptWork): Readonly<Record<string, unknown>> {
  return settings !== null && typeof settings === 'object' && !Array.isArray(settings)
    ? (settings as Readonly<Record<string, unknown>>)
    : {};
}

/** What is missing, as far as the inputs' names tell. */
function notOpen({ family }: AppState, { title, inputs }: KeptWork): NamedError {
  const open = new Set(family.opened.map(({ checkpoint }) => checkpoint?.fingerprint));
  const missing = Object.entries(inputs).flatMap(([input, print]) => {
    const role = roleOfWeights(input);
    return role === null || open.has(print) ? [] : [[role, print] as const];
  });
  const names = missing.map(([role, print]) => `${role} (weights ${print.slice(0, 12)})`).join(' and ');
  return new NamedError(
    'NotOpen',
    names === '' ? `"${title}" was begun with other data or other loading` : `not open: ${names}`,
    {},
    names === ''
      ? 'load the same checkpoints, with the same small files and device, open the same data, draw as many samples, and go on again'
      : `open and load the folder whose weights are ${missing.map(([, print]) => print.slice(0, 12)).join(', ')}, and go on again`,
  );
}
