/** What a page keeps that answers one request of `headless worker` after another: nothing of a request that has been answered. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CDPSession } from 'playwright-core';
import { askPage } from '../scripts/ask-page.mjs';
import { askedCommand } from '../scripts/asked-command.mjs';
import { findDemos } from '../scripts/inputs.mjs';
import { JournalFiles } from '../scripts/journal-files.mjs';
import { OpenPage } from '../scripts/page.mjs';
import { PartialFiles } from '../scripts/partial-files.mjs';
import { ROOT } from '../scripts/paths.mjs';
import { Session } from '../scripts/session.mjs';
import { temporaryFolder } from './fixtures/folders.ts';
import { processesBelow } from './fixtures/processes.ts';
import { expect, test } from './page.ts';

const PAIRS = join(ROOT, 'dataset', 'data', 'pairs');
const SWAP = [
  ...['swap', '--model', 'demo:rl', '--pairs', PAIRS, '--tasks', 'ocr', '--samples', '2', '--layers', '0'],
  ...['--max-new-tokens', '2', '--device', 'wasm', '--dtype', 'f32', '--shard', '1/2'],
];
const ENERGY = ['energy', '--in', 'demo:in', '--rl', 'demo:rl', '--device', 'wasm', '--shard', '1/8'];
/** Of a list, of pictures, of headers and tensors; the spots of a folder are some 600 and are cut out once. */
const MOST_SLICES = 100;

const folder = temporaryFolder();
let opened: OpenPage;
let cdp: CDPSession;
let asked = 0;

test.beforeAll(async () => {
  opened = await OpenPage.open({
    ...{ path: 'headless.html', entry: 'frankenscopeHeadless', adapter: 'software' },
    ...{ signal: new AbortController().signal, progress: () => undefined },
  });
  cdp = await opened.page.context().newCDPSession(opened.page);
});
test.afterAll(async () => {
  await opened.close();
  folder.dispose();
});

/** Answers a request as `headless worker` does. */
async function answer(words: readonly string[]): Promise<void> {
  const [name = '', ...flags] = words;
  const command = askedCommand(name, [...flags, '--out', join(folder.path, `${name}-out`)]);
  const files = new PartialFiles(command.folder ?? '');
  const session = new Session(files, new JournalFiles(join(folder.path, `journal-${++asked}`)));
  opened.session = session;
  const answered = await askPage(opened.page, {
    ...{ command: command.name, flags: command.flags, inputs: findDemos(command.inputs) },
    ...{ session: `.${session.path}`, outName: command.outName, again: command.again },
  });
  opened.session = null;
  expect(answered).toMatchObject({ ok: true });
  await files.commit();
  await files.discard();
}

/** How many objects of a class of the browser's the page still holds. */
async function held(name: string): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { result: prototype } = await cdp.send('Runtime.evaluate', { expression: `${name}.prototype` });
  const { objects } = await cdp.send('Runtime.queryObjects', { prototypeObjectId: prototype.objectId ?? '' });
  const { result } = await cdp.send('Runtime.callFunctionOn', {
    ...{ objectId: objects.objectId ?? '', returnByValue: true },
    functionDeclaration: 'function () { return this.length; }',
  });
  await cdp.send('Runtime.releaseObject', { objectId: objects.objectId ?? '' });
  return result.value as number;
}

async function heldInAll(): Promise<Readonly<Record<string, number>>> {
  const workers = await held('Worker');
  const { jsEventListeners, nodes } = await cdp.send('Memory.getDOMCounters');
  return { workers, jsEventListeners, nodes, blobs: await held('Blob'), signals: await held('AbortSignal') };
}

test('ten requests of each kind keep no worker, no listener, no node, and cut no file into spots again', async () => {
  for (const words of [SWAP, ENERGY, SWAP, ENERGY]) await answer(words);
  const before = await heldInAll();
  for (let time = 0; time < 10; time++) for (const words of [SWAP, ENERGY]) await answer(words);
  const more = async (): Promise<readonly string[]> =>
    Object.entries(await heldInAll()).flatMap(([what, count]) =>
      count > (before[what] ?? 0) ? [`${what}: ${count}, before ${before[what]}`] : [],
    );
  // What ends a moment after an answer may still be there.
  await expect.poll(more).toEqual([]);
  expect(before['workers']).toBeGreaterThan(0);

  await opened.page.evaluate(() => {
    const made = { count: 0 };
    const slice = Reflect.get(Blob.prototype, 'slice') as Blob['slice'];
    Blob.prototype.slice = function (this: Blob, ...range) {
      made.count += 1;
      return slice.apply(this, range);
    };
    Object.assign(globalThis, { made });
  });
  await answer(SWAP);
  const made = await opened.page.evaluate(
    () => (globalThis as unknown as { made: { count: number } }).made.count,
  );
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(MOST_SLICES);
});

/** With `WORKER_MEMORY=1`: 300 requests, and what the page's process takes after 50 and 300 of them. */
test('the memory of the page grows by what its browser keeps of requests, and no more, over 300 of them', async () => {
  test.skip(process.env['WORKER_MEMORY'] !== '1' || process.platform !== 'linux', 'takes minutes');
  test.setTimeout(1_800_000);
  const taken: number[] = [];
  for (let count = 1; count <= 300; count++) {
    await answer(SWAP);
    if (![50, 100, 200, 300].includes(count)) continue;
    await cdp.send('HeapProfiler.collectGarbage');
    taken.push(anonymousBytes());
    console.info(`${count}: ${(taken.at(-1) ?? 0) / 1e6} MB`);
  }
  // What the browser's debugging interface holds of requests is in it, 0.14 to 0.3 MB each; spots that are cut out again take half a MB more.
  expect((taken.at(-1) ?? 0) - (taken[0] ?? 0)).toBeLessThan(250 * 0.45e6);
});

/** Of the largest page below this process, what is no file's. */
function anonymousBytes(): number {
  const pages = processesBelow(process.pid).filter(({ words }) => words.includes('--type=renderer'));
  const anonymous = pages.map(({ pid }) =>
    Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0),
  );
  return 1024 * Math.max(...anonymous);
}
