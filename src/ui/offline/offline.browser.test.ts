import { afterEach, describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import type { Answers, Question } from '../../offline/messages.ts';
import { Offline, type Registration } from './offline.svelte.ts';
import { clearStage, stageApp } from '../testing/stage.ts';

afterEach(clearStage);

/** A service worker of a build that keeps what it is asked to. */
class FakeWorker extends EventTarget {
  state: ServiceWorkerState = 'activated';
  readonly kept = new Set<string>();
  readonly asked: string[] = [];
  readonly build: string;

  constructor(build: string) {
    super();
    this.build = build;
  }

  readonly postMessage = (question: Question, [port]: readonly MessagePort[]) => {
    this.asked.push(question.kind === 'keep' ? question.path : question.kind);
    if (question.kind === 'keep') this.kept.add(question.path);
    port?.postMessage(
      question.kind === 'files' ? { build: this.build, files: this.#files() } : (true as const),
    );
  };

  #files(): Answers['files']['files'] {
    return (['index.html', 'data/items.zip'] as const).map((path) => ({
      path,
      bytes: 1000,
      group: path === 'index.html' ? 'app' : 'samples',
      kept: this.kept.has(path),
    }));
  }
}

function registered(active: FakeWorker, waiting: FakeWorker | null = null): Registration {
  return {
    active,
    waiting,
    installing: null,
    update: () => Promise.reject(new TypeError('no network')),
    addEventListener: () => undefined,
  } as unknown as Registration;
}

describe('what is kept', () => {
  test('the app is kept by itself, other parts when they are asked for', async () => {
    const worker = new FakeWorker('a');
    const offline = new Offline(() => Promise.resolve(registered(worker)), 'a');
    await offline.start();
    expect([...worker.kept]).toEqual(['index.html']);
    const told: number[][] = [];
    await offline.keep(['app', 'samples'], { onProgress: (...progress) => told.push(progress) });
    expect(worker.asked.filter((path) => path === 'index.html')).toHaveLength(1);
    expect(told).toEqual([[1000, 1000]]);
    expect(offline.files?.every(({ kept }) => kept)).toBe(true);
  });

  test('what is cancelled is fetched no further', async () => {
    const worker = new FakeWorker('a');
    const offline = new Offline(() => Promise.resolve(registered(worker)), 'a');
    void offline.start();
    await expect.poll(() => offline.look().then(() => offline.files)).not.toBeNull();
    await offline.keep(['samples'], { signal: AbortSignal.abort() });
    expect(worker.kept.has('data/items.zip')).toBe(false);
  });
});

describe('a later build', () => {
  async function waiting(build: string): Promise<Offline> {
    const later = new FakeWorker(build);
    later.state = 'installed';
    const offline = new Offline(() => Promise.resolve(registered(new FakeWorker('a'), later)), 'a');
    void offline.start();
    await expect.poll(() => later.asked).toContain('files');
    return offline;
  }

  test('is told; one whose page this is already is not', async () => {
    const [later, same] = [await waiting('b'), await waiting('a')];
    await expect.poll(() => later.newer).toBe(true);
    expect(same.newer).toBe(false);
  });

  test('waits for what runs, and for a person', async () => {
    const { app } = await stageApp();
    app.offline.newer = true;
    app.jobs.report({ id: 'job', title: 'Swap', detail: '', share: null, cancel: () => undefined });
    const reload = page.getByRole('button', { name: 'Reload' });
    await expect.element(reload).toBeDisabled();
    await expect.element(page.getByText(/A new version is here.*What runs ends first\./)).toBeVisible();
    app.jobs.end('job');
    await expect.element(reload).toBeEnabled();
    await page.getByRole('button', { name: 'Later' }).click();
    await expect.element(reload).not.toBeInTheDocument();
  });
});

test('a browser that keeps nothing says so', async () => {
  await stageApp();
  await page.getByRole('button', { name: /WASM|WebGPU/ }).click();
  await expect.element(page.getByText(/^This browser keeps nothing of the app/)).toBeVisible();
});
