import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { browserCandidates } from './browser.mjs';
import { chromiumFlags, detectAdapter, isWithoutSandbox, runsUnsandboxed } from './chromium-flags.mjs';
import { packagesAreStale } from './packages.mjs';
import { ROOT } from './paths.mjs';
import { LEFT_OUT, playwrightOutcome, runPhases, summary } from './test-phases.mjs';

describe('the adapter', () => {
  test('is the GPU where Linux has its device file', () => {
    expect(detectAdapter('linux', (path) => path === '/dev/nvidia0')).toBe('hardware');
    expect(detectAdapter('linux', () => false)).toBe('software');
    expect(detectAdapter('darwin', () => false)).toBe('hardware');
  });

  test('is never forced to software on a machine with a GPU', () => {
    expect(chromiumFlags('hardware', 'linux')).toContain('--enable-features=Vulkan');
    expect(chromiumFlags('hardware', 'linux').join()).not.toContain('swiftshader');
    expect(chromiumFlags('software', 'linux')).toContain('--use-webgpu-adapter=swiftshader');
  });
});

describe('the sandbox', () => {
  test('is left out for root on Linux, and for nobody else', () => {
    expect(runsUnsandboxed('linux', 0)).toBe(true);
    expect(chromiumFlags('software', 'linux', 0)).toContain('--no-sandbox');
    for (const [platform, user] of [
      ['linux', 1000],
      ['darwin', 0],
      ['darwin', 501],
      ['win32', undefined],
    ] as const) {
      expect(chromiumFlags('software', platform, user).join()).not.toContain('sandbox');
      expect(chromiumFlags('hardware', platform, user).join()).not.toContain('sandbox');
    }
  });
});

test('what Playwright switches off in Chromium stays off with our flags', () => {
  // Of two lists the browser hears the last, and Playwright gives its own before ours.
  const bundle = createRequire(import.meta.url).resolve('playwright-core');
  const source = readFileSync(join(dirname(bundle), 'lib', 'coreBundle.js'), 'utf8');
  const [, list = ''] = /disabledFeatures = \[([^\]]*)\]/.exec(source) ?? [];
  const theirs = [...list.matchAll(/^\s*"(\w+)"/gm)].map(([, name = '']) => name);
  expect(theirs).toContain('MediaRouter');
  const ours = chromiumFlags('software').filter((flag) => flag.startsWith('--disable-features='));
  expect(ours).toHaveLength(1);
  expect(ours[0]?.slice('--disable-features='.length).split(',')).toEqual(expect.arrayContaining(theirs));
});

test('a browser that found no sandbox is told from one that failed', () => {
  const said = 'launch: Target page, context or browser has been closed\nBrowser logs:\n';
  expect(
    isWithoutSandbox(`${said}[1:1:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! Update`),
  ).toBe(true);
  expect(isWithoutSandbox(`${said}Chromium sandboxing failed!`)).toBe(true);
  expect(isWithoutSandbox(`${said}error while loading shared libraries`)).toBe(false);
});

describe('the browser', () => {
  test('is the one the environment names before any other', () => {
    const env = { CHROMIUM_PATH: '/opt/mine', PATH: '/somewhere' };
    const [first, second] = browserCandidates('linux', env);
    expect([first, second]).toEqual(['/opt/mine', '/somewhere/chromium']);
  });

  test('is looked for where macOS and Windows keep programs', () => {
    expect(browserCandidates('darwin', { HOME: '/Users/a' })).toContain(
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    );
    expect(browserCandidates('win32', { PROGRAMFILES: 'C:\\Program Files' })).toContain(
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    );
  });
});

test('packages are installed anew when the lock file is newer, or nothing is there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'frankenscope-'));
  const [installed, lock] = [join(folder, 'installed'), join(folder, 'lock')];
  writeFileSync(lock, '');
  expect(packagesAreStale(installed, lock)).toBe(true);
  writeFileSync(installed, '');
  utimesSync(lock, 100, 100);
  expect(packagesAreStale(installed, lock)).toBe(false);
  utimesSync(installed, 50, 50);
  expect(packagesAreStale(installed, lock)).toBe(true);
  rmSync(folder, { recursive: true });
});

describe('the summary of npm test', () => {
  test('counts what Playwright reports, names failed tests, and ends with the totals', () => {
    const error = { message: '\u001b[31mError: 1 is no 2\nat x' };
    const spec = { ok: false, file: 'a.e2e.ts', title: 'opens', tests: [{ results: [{}, { error }] }] };
    const late = { status: 'flaky', results: [{ error }, {}] };
    const twice = { ok: true, file: 'b.e2e.ts', title: 'closes', tests: [late] };
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 3 };
    const outcome = playwrightOutcome({
      stats,
      suites: [{ specs: [{ ok: true }, twice], suites: [{ specs: [spec] }] }],
    });
    const { faults, again } = outcome;
    expect(outcome).toEqual({ passed: 5, failed: 1, repeated: 1, skipped: 3, faults, again });
    expect(faults).toEqual(['a.e2e.ts · opens · Error: 1 is no 2']);
    expect(again).toEqual(['b.e2e.ts · closes · Error: 1 is no 2']);

    const node = { name: 'node', passed: 5, failed: 1, repeated: 1, skipped: 0, seconds: 1, faults, again };
    const lint = { name: 'lint', passed: 0, failed: 1, repeated: 0, skipped: 0, seconds: 1 };
    const said = summary([node, lint])
      .split('\n')
      .map((line) => line.trim());
    expect(said).toContain(faults[0]);
    expect(said).toContain(`at the second try: ${again[0]}`);
    expect(said).toContain(LEFT_OUT);
    expect(said.at(-1)).toBe('5 passed, 2 failed');
  });
});

describe('phases that only read the code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'phases-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  /** Says its name, waits for a file of each `partner`, and fails if told to. */
  const phase = (name: string, partners: readonly string[], status = 0) => {
    const script = join(folder, `${name}.mjs`);
    const found = `[${partners.map((partner) => JSON.stringify(join(folder, partner)))}].every(existsSync)`;
    writeFileSync(
      script,
      `import { existsSync, writeFileSync } from 'node:fs';
      console.log('${name} begins');
      writeFileSync(${JSON.stringify(join(folder, name))}, '');
      while (!(${found})) await new Promise((resolve) => setTimeout(resolve, 10));
      console.error('${name} ends');
      process.exit(${status});`,
    );
    return { name, program: relative(join(ROOT, 'node_modules'), script), args: [], reads: true };
  };

  test('run beside each other, each told whole and counted, in their order', async () => {
    const said: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line.trim()));
    vi.spyOn(process.stdout, 'write').mockImplementation((bytes) => said.push(String(bytes)) > 0);
    const phases = [phase('slow', ['quick', 'last'], 3), phase('quick', ['slow']), phase('last', [])];
    const outcomes = await runPhases(phases, 2).finally(() => vi.restoreAllMocks());
    expect(outcomes.map(({ name, failed }) => [name, failed])).toEqual([
      ['slow', 1],
      ['quick', 0],
      ['last', 0],
    ]);
    // Words of two pipes: which is read first, where both hold some, is not said.
    const lines = said.map((text) => text.trim().split('\n').toSorted().join(', '));
    const whole = (name: string) => [`— ${name}`, `${name} begins, ${name} ends`];
    expect(lines.slice(0, 2)).toEqual(whole('quick'));
    expect(lines.slice(2).toSorted()).toEqual([...whole('slow'), ...whole('last')].toSorted());
  });
});
