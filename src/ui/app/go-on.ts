/** Takes up kept work from the list of it: the page is set as it was, as far as what is open allows. */
import { PROBES, UPDATES } from '../../analyses/registry.ts';
import { roleOfWeights } from '../../identity/identify.ts';
import { sameWork } from '../../identity/work-identity.ts';
import { NamedError, shortened } from '../../named-error.ts';
import type { KeptWork } from '../../study/journal/kept-work.ts';
import { foldersOf } from '../state/shown-part.ts';
import type { AppState } from './app.svelte.ts';
import type { PageId } from '../state/hash.ts';

const PAGES: Readonly<Record<string, PageId>> = {
  ...Object.fromEntries([...UPDATES.keys()].map((name) => [name, 'characterize'])),
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
 * Sets the page to the work's settings, looks which of the open inputs it was begun with, and runs it. What was begun with the demo
 * family opens it, where it is not open: it is no folder that anybody could look for.
 *
 * @throws NamedError `NotOpen` where none of what is open makes the same work; those of opening the demo family
 */
export async function goOn(app: AppState, work: KeptWork): Promise<void> {
  await app.kept.askShown();
  if (isOfDemo(missingOf(app, work)) && app.demo.offered) {
    await app.demo.open();
    if (app.demo.phase.kind === 'failed') throw app.demo.phase.error;
  }
  const { run } = await pageSetTo(app, work);
  void run();
}

/**
 * Shows what is kept, by whatever build: on the page that is set to it in the same way; where none of what is open makes the same
 * work, as it was measured, with nothing open. Nothing is run.
 *
 * @throws NamedError `NotOpen` where nothing says what it was measured of; `JournalDamaged` where another version of the app says it
 */
export async function showKept(app: AppState, work: KeptWork): Promise<void> {
  await app.kept.askShown();
  const listed = app.kept.shown?.find(({ key }) => key === work.key);
  const found = await pageSetTo(app, work).catch((error: unknown) => {
    if (!listed) throw error;
    return null;
  });
  if (found) return found.show();
  if (!listed) return;
  app.view.sheet = null;
  app.view.go(PAGES[work.kind] ?? 'open');
  await (PROBES.has(work.kind) ? app.localize : app.characterize).showKept(listed);
}

async function pageSetTo(app: AppState, work: KeptWork): Promise<PageOfWork> {
  const found = await (PROBES.has(work.kind) ? inLocalize(app, work) : inCharacterize(app, work));
  if (!found) throw notOpen(app, work);
  app.view.sheet = null;
  app.view.go(PAGES[work.kind] ?? 'open');
  return found;
}

/** A page that is set to a piece of work. */
interface PageOfWork {
  run(): Promise<void>;
  /** Shows what is kept of it. */
  show(): Promise<void>;
}

async function inLocalize(
  { localize, images, family }: AppState,
  work: KeptWork,
): Promise<PageOfWork | null> {
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

async function inCharacterize({ characterize }: AppState, work: KeptWork): Promise<PageOfWork | null> {
  const { measure, stores } = characterize;
  const before = [...stores].map(([name, { values }]) => [name, values] as const);
  const store = stores.get(work.kind);
  if (!store) return null;
  characterize.restore(work.kind, store.analysis.settingsOf(fieldsOf(work)));
  await characterize.prepare();
  const { identity } = store.next ?? {};
  if (identity && sameWork(identity, work)) {
    return {
      run: () => characterize.start(),
      show: () => (work.current ? Promise.resolve() : store.run.showOther(work.key)),
    };
  }
  for (const [name, values] of before) characterize.restore(name, values);
  characterize.measure = measure;
  await characterize.prepare();
  return null;
}

function fieldsOf({ settings }: KeptWork): Readonly<Record<string, unknown>> {
  return settings !== null && typeof settings === 'object' && !Array.isArray(settings)
    ? (settings as Readonly<Record<string, unknown>>)
    : {};
}

/** A checkpoint that a work was begun with and that is not open: its role, its fingerprint, and its folder where that was kept. */
interface Missing {
  readonly role: string;
  readonly print: string;
  readonly folder: string | null;
}

/** Characters of a folder's name in a sentence. */
const LONGEST_FOLDER = 64;

/** As far as the inputs' names tell. */
function missingOf({ family, kept }: AppState, { key, inputs }: KeptWork): readonly Missing[] {
  const open = new Set(family.opened.map(({ checkpoint }) => checkpoint?.fingerprint));
  const shown = kept.shown?.find((work) => work.key === key);
  const folders = shown ? foldersOf(shown) : new Map<string, string>();
  return Object.entries(inputs).flatMap(([input, print]) => {
    const role = roleOfWeights(input);
    return role === null || open.has(print) ? [] : [{ role, print, folder: folders.get(print) ?? null }];
  });
}

/** Whether all of it comes with the app. */
function isOfDemo(missing: readonly Missing[]): boolean {
  return missing.length > 0 && missing.every(({ folder }) => folder?.startsWith('demo:'));
}

function notOpen(app: AppState, work: KeptWork): NamedError {
  const missing = missingOf(app, work);
  if (missing.length === 0)
    return new NamedError(
      'NotOpen',
      `"${work.title}" was begun with other data or other loading`,
      {},
      'load the same checkpoints, with the same small files and device, open the same data, draw as many samples, and go on again',
    );
  const names = missing.map(({ role, print, folder }) => {
    const where = folder === null ? '' : `folder "${shortened(folder, LONGEST_FOLDER)}", `;
    return `${role} (${where}weights ${print.slice(0, 12)})`;
  });
  const prints = missing.map(({ print }) => print.slice(0, 12)).join(', ');
  return new NamedError(
    'NotOpen',
    `not open: ${names.join(' and ')}`,
    {},
    isOfDemo(missing)
      ? 'open the demo family, and go on again; another build of the app may carry another one'
      : `open and load the folder whose weights are ${prints}, and go on again`,
  );
}
