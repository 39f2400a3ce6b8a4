/** Many commands through one browser: what they write, and what ends one of them and not the next. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { openSync, closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../scripts/paths.mjs';
import { copyOf, temporaryFolder } from './fixtures/folders.ts';
import { headless } from './fixtures/headless.ts';
import { browserBelow, processesBelow } from './fixtures/processes.ts';
import { json, writtenFiles } from './fixtures/results.ts';
import { HeadlessWorker } from './fixtures/worker.ts';
import { expect, test } from './page.ts';

const SETS = join(ROOT, 'dataset', 'data');
const WASM = ['--device', 'wasm', '--dtype', 'f32'];
const PAIRS = ['swap', '--model', 'demo:rl', '--pairs', join(SETS, 'pairs'), ...WASM];
const SWAP = [...PAIRS, '--tasks', 'ocr', '--samples', '4', '--layers', '0-1', '--max-new-tokens', '4'];
const ABLATE = [
  ...['ablate', '--model', 'demo:rl', '--problems', join(SETS, 'items', 'problems.jsonl'), ...WASM],
  ...['--samples', '2', '--layers', '0', '--max-new-tokens', '4', '--shard', '1/2'],
];
const ENERGY = ['energy', '--in', 'demo:in', '--rl', 'demo:rl', '--device', 'wasm'];

test.skip(process.platform !== 'linux', 'processes are looked up in /proc');
// Later tests compare with what the first has written.
test.describe.configure({ mode: 'serial' });

const folder = temporaryFolder();
const at = (name: string): string => join(folder.path, name);
let worker: HeadlessWorker;
const started: HeadlessWorker[] = [];

/** A worker whose profiles lie in a temporary folder of its own. */
function start(name: string): HeadlessWorker {
  mkdirSync(at(name));
  const made = new HeadlessWorker({ TMPDIR: at(name), FRANKENSCOPE_CACHE: at('cache') });
  started.push(made);
  return made;
}
const profilesOf = (name: string): readonly string[] =>
  readdirSync(at(name)).filter((entry) => entry.startsWith('frankenscope-profile-'));

test.beforeAll(() => {
  worker = start('t');
});
test.afterAll(() => {
  for (const { process } of started) process.kill('SIGKILL');
  folder.dispose();
});

/** Without what says where and how long a run was, which no comparison counts. */
function withoutRun(text: string): string {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (value === null || typeof value !== 'object') return value;
    const fields = Object.entries(value).map(([name, field]) => [
      name,
      name === 'frankenscope' && field !== null && typeof field === 'object'
        ? strip(Object.fromEntries(Object.entries(field as object).filter(([own]) => own !== 'run')))
        : strip(field),
    ]);
    return Object.fromEntries(fields) as unknown;
  };
  return text
    .split('\n')
    .map((line) => (line.startsWith('{') ? JSON.stringify(strip(JSON.parse(line))) : line))
    .join('\n');
}
const written = (out: string): unknown =>
  [...writtenFiles(out)].map(([path, text]) => [path, path.endsWith('.json') ? withoutRun(text) : text]);

test('parts of a sweep, and other commands between them, write what single commands write; the model is loaded once', async () => {
  const commands = [
    { words: [...SWAP, '--shard', '1/2'], out: 'swap-1', loads: true },
    { words: ABLATE, out: 'ablate', loads: false },
    { words: ENERGY, out: 'energy.json', loads: false },
    { words: [...SWAP, '--shard', '2/2'], out: 'swap-2', loads: false },
  ];
  const ends = await Promise.all(
    commands.map(({ words, out }) => worker.run([...words, '--out', at(out)], at(`journal-${out}`))),
  );
  for (const [index, { words, out, loads }] of commands.entries()) {
    const { exit, error, progress } = ends[index] ?? {};
    expect(error).toBeUndefined();
    expect(exit).toBe(0);
    expect(
      progress?.some((line) => line.startsWith('loading ')),
      out,
    ).toBe(loads);
    const single = at(`single-${out}`);
    const { code, stderr } = await headless([...words, '--quiet', '--out', single], undefined, {
      env: { FRANKENSCOPE_CACHE: at('other-cache') },
    });
    expect(code, stderr).toBe(0);
    expect(written(at(out)), out).toEqual(
      (written(single) as [string, string][]).map(([path, text]) => [path.replace('single-', ''), text]),
    );
  }
  // What is known of the weights lies in each request's own journals.
  for (const { out } of commands) expect(readdirSync(at(`journal-${out}`)).join()).toContain('weights-');
  expect(existsSync(at('cache'))).toBe(false);
});

test('bad requests and bad input are answered by name; words are no shell', async () => {
  worker.write('nonsense');
  const words = ['info', '--model', 'demo:rl', '--device', 'wasm'];
  const pwned = at('pwned');
  const answers = await Promise.all([
    worker.run(['frobnicate']),
    worker.run(['worker']),
    worker.run(words),
    worker.run([...words, '--out', at('no/such/file')]),
    worker.run(['info', '--model', `demo:rl; touch ${pwned}`, '--out', at('x')]),
    worker.run([...words, '--prompt', 'x', '--out', at('x')]),
    worker.run([...words, '--out', at('$(touch pwned) `touch pwned`; touch pwned')]),
  ]);
  expect(answers.map(({ exit, error = '' }) => [exit, error.split(':')[0]])).toEqual([
    [2, 'UnknownCommand'],
    [2, 'UnknownCommand'],
    [2, 'BadValue'],
    [2, 'FolderNotFound'],
    [2, 'FolderNotFound'],
    [2, 'UnknownFlag'],
    [0, ''],
  ]);
  expect(json<{ modelType: string }>(at('$(touch pwned) `touch pwned`; touch pwned')).modelType).toBe(
    'qwen2_5_vl',
  );
  for (const place of [pwned, at('t/pwned'), join(ROOT, 'pwned')]) expect(existsSync(place)).toBe(false);
  expect(worker.refused).toEqual([expect.stringContaining('BadRequest: the line is not JSON in UTF-8')]);
});

test('a cancelled request leaves nothing, and the next finds the model loaded', async () => {
  const long = [...PAIRS, '--tasks', 'ocr', 'counting', '--out', at('cancelled')];
  const ended = worker.run(long, at('journal-cancelled'), 'long');
  await worker.said('long', /^answering /);
  const waiting = worker.run([...SWAP, '--shard', '1/2', '--out', at('after')], at('journal-after'));
  worker.cancel('long');
  expect(await ended).toMatchObject({ exit: 3, error: 'Interrupted: cancelled' });
  expect(existsSync(at('cancelled'))).toBe(false);
  const { exit, progress } = await waiting;
  expect(exit).toBe(0);
  expect(progress.some((line) => line.startsWith('loading '))).toBe(false);
  expect(written(at('after'))).toEqual(written(at('swap-1')));
});

/** Writes over the last bytes of a file, whose size and time stay as they are. */
function changeUnseen(file: string): void {
  const { size, atime, mtime } = statSync(file);
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.from([0, 0, 0, 63]), 0, 4, size - 4);
  closeSync(handle);
  utimesSync(file, atime, mtime);
}

test('a folder is opened anew where its files changed, also where only their contents tell', async () => {
  const copy = copyOf('untied-gqa4-f32', folder.path, 'model');
  const weights = join(copy, 'model.safetensors');
  const second = new Date(1_700_000_000_000);
  utimesSync(weights, second, second);
  const logits = async (out: string) => {
    const words = ['logits', '--model', copy, '--prompt', 'What?', ...WASM, '--out', at(out)];
    const { exit, error, progress } = await worker.run(words);
    expect(exit, error).toBe(0);
    const { frankenscope } = json<{ frankenscope: { fingerprint: string } }>(at(out));
    return { ...frankenscope, loaded: progress.some((line) => line.startsWith('loading ')) };
  };
  const first = await logits('1.json');
  expect(await logits('2.json')).toEqual({ ...first, loaded: false });
  // Another time alone: the same contents, loaded again.
  utimesSync(weights, second, new Date(1_700_000_100_000));
  expect(await logits('3.json')).toEqual(first);
  const before = statSync(weights).mtimeMs;
  changeUnseen(weights);
  expect(statSync(weights).mtimeMs).toBe(before);
  const changed = await logits('4.json');
  expect(changed.loaded).toBe(true);
  expect(changed.fingerprint).not.toBe(first.fingerprint);
  copyFileSync(join(ROOT, 'tools/goldens/data/checkpoints/untied-gqa4-f32/model.safetensors'), weights);
  expect((await logits('5.json')).fingerprint).toBe(first.fingerprint);
});

test('other flags of the engine make another; another adapter another browser', async () => {
  const generate = async (...more: readonly string[]) => {
    const words = [
      'generate',
      '--model',
      'demo:rl',
      '--prompt',
      'What?',
      '--max-new-tokens',
      '2',
      '--out',
      at('g'),
    ];
    const { exit, error, progress } = await worker.run([...words, ...more]);
    expect(exit, error).toBe(0);
    return progress.some((line) => line.startsWith('loading '));
  };
  expect(await generate(...WASM, '--memory', '1GB')).toBe(true);
  expect(await generate(...WASM, '--memory', '1GB')).toBe(false);
  expect(await generate('--device', 'wasm', '--dtype', 'q8', '--memory', '1GB')).toBe(true);
  expect(await generate(...WASM)).toBe(true);
  const [profile] = profilesOf('t');
  expect(await generate(...WASM, '--adapter', 'hardware')).toBe(true);
  expect(profilesOf('t')).toHaveLength(1);
  expect(profilesOf('t')).not.toEqual([profile]);
});

test('where the GPU process dies between requests, the next computes the same on another device', async () => {
  const words = ['logits', '--model', at('model'), '--prompt', 'What?', '--device', 'webgpu'];
  const logits = async (out: string): Promise<unknown> => {
    const { exit, error } = await worker.run([...words, '--adapter', 'software', '--out', at(out)]);
    expect(exit, error).toBe(0);
    return json(at(out));
  };
  const before = await logits('gpu-1.json');
  const gpu = processesBelow(worker.process.pid ?? 0).find(({ words }) =>
    words.includes('--type=gpu-process'),
  );
  process.kill(gpu?.pid ?? 0, 'SIGKILL');
  expect(await logits('gpu-2.json')).toEqual(before);
});

test('where the browser is killed its request says so, and the next has another', async () => {
  const words = [...PAIRS, '--tasks', 'ocr', 'counting', '--out', at('killed')];
  const ended = worker.run(words, at('journal-killed'), 'killed');
  await worker.said('killed', /^answering /);
  const browser = browserBelow(worker.process.pid ?? 0);
  process.kill(browser?.pid ?? 0, 'SIGKILL');
  expect(await ended).toMatchObject({ exit: 1, error: expect.stringMatching(/^BrowserFailed: /) });
  expect(existsSync(at('killed'))).toBe(false);
  const { exit, error } = await worker.run(
    [...SWAP, '--shard', '2/2', '--out', at('again')],
    at('journal-again'),
  );
  expect(exit, error).toBe(0);
  expect(written(at('again'))).toEqual(written(at('swap-2')));
  expect(profilesOf('t')).toHaveLength(1);
});

test('the end of its input ends it, once all is answered; it leaves no browser and no profile', async () => {
  const last = worker.run([...SWAP, '--shard', '1/2', '--out', at('last')], at('journal-last'));
  worker.process.stdin.end();
  expect((await last).exit).toBe(0);
  const below = processesBelow(worker.process.pid ?? 0);
  expect(below.length).toBeGreaterThan(0);
  expect(await worker.code).toBe(0);
  await expectGone(below.map(({ pid }) => pid));
  expect(profilesOf('t')).toEqual([]);
});

for (const [name, end] of [
  ['SIGTERM', ({ process }: HeadlessWorker) => void process.kill('SIGTERM')],
  // Its parent is gone: nobody reads, nobody writes.
  [
    'closed pipes',
    ({ process }: HeadlessWorker) => {
      process.stdout.destroy();
      process.stdin.destroy();
    },
  ],
] as const)
  test(`${name} ends what runs, with exit code 3, and leaves no browser`, async () => {
    const other = start(name);
    void other.run([...PAIRS, '--out', at(`ended by ${name}`)], at(`journal-${name}`), 'long');
    await other.said('long', /^answering /);
    const below = processesBelow(other.process.pid ?? 0);
    expect(browserBelow(other.process.pid ?? 0)).toBeDefined();
    end(other);
    expect(await other.code).toBe(3);
    await expectGone(below.map(({ pid }) => pid));
    expect(profilesOf(name)).toEqual([]);
    expect(existsSync(at(`ended by ${name}`))).toBe(false);
  });

/** The browser's own processes end when they see that it has: on a busy machine a moment after it. */
async function expectGone(pids: readonly number[]): Promise<void> {
  const there = (): readonly number[] =>
    pids.filter((pid) => {
      try {
        // One that has ended and waits for its parent to ask is no browser any more.
        return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      } catch {
        return false;
      }
    });
  await expect.poll(there).toEqual([]);
}
