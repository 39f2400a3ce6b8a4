/**
 * Stands for the app in tests of what starts, feeds and collects it: speaks the protocol of `worker` and writes part folders, of
 * samples that are nothing but numbers. Its command `count`:
 *
 * | flag | does |
 * | --- | --- |
 * | `--samples S` | so many samples; part i of n has every n-th |
 * | `--log FILE` | a line for each sample that is computed: how often tells of work done twice |
 * | `--ms T` | a sample takes so long |
 * | `--fail I`, `--bad I` | part I ends with 1, or with 2 |
 * | `--die I --once FILE` | the worker dies amid part I, unless the file is there |
 * | `--hang I` | the worker says nothing more amid part I; with `--once FILE` unless the file is there |
 * | `--link PATH` | the part has a link to it |
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [command = '', ...rest] = process.argv.slice(2);
if (command === 'combine') combine(rest);
else if (command === 'worker') await serve();
else fail(`UnknownCommand: ${command}`);

/** @param {readonly string[]} words */
function combine(words) {
  const folders = words.slice(0, words.indexOf('--out'));
  const out = words[words.indexOf('--out') + 1] ?? '';
  const parts = folders.map((folder) => JSON.parse(readFileSync(join(folder, 'part.json'), 'utf8')));
  const count = parts[0].shard.of;
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter(
    (i) => !parts.some(({ shard }) => shard.part === i),
  );
  if (missing.length > 0) fail(`PartMissing: part ${missing[0]} of ${count}; ; run it`);
  mkdirSync(out, { recursive: true });
  const records = folders.flatMap((folder) => linesOf(join(folder, 'records', 'count.jsonl')));
  records.sort((a, b) => a.sample - b.sample);
  writeFileSync(join(out, 'count.json'), JSON.stringify({ total: records.length, records }));
}

async function serve() {
  let cancelled = '';
  /** @type {string[]} */
  const queue = [];
  let wake = () => {};
  const lines = createInterface({ input: process.stdin });
  let open = true;
  lines.on('line', (line) => {
    const { cancel, id } = JSON.parse(line);
    if (cancel) cancelled = id;
    else queue.push(line);
    wake();
  });
  lines.on('close', () => {
    open = false;
    wake();
  });
  process.on('SIGTERM', () => process.exit(3));
  say({ ready: true, version: process.env.FAKE_VERSION ?? '0.1.0' });
  while (open || queue.length > 0) {
    const line = queue.shift();
    if (line === undefined) await new Promise((resolve) => (wake = () => resolve(undefined)));
    else {
      const { id, words, journal } = JSON.parse(line);
      const start = performance.now();
      const ended = await count(id, words, journal, () => cancelled === id || !open);
      say({ id, ...ended, seconds: (performance.now() - start) / 1000 });
    }
  }
}

/**
 * @param {string} id
 * @param {readonly string[]} words
 * @param {string} journal
 * @param {() => boolean} stopped
 */
async function count(id, words, journal, stopped) {
  const flag = (/** @type {string} */ name) =>
    words.includes(name) ? (words[words.indexOf(name) + 1] ?? '') : undefined;
  const [i = 0, n = 0] = (flag('--shard') ?? '').split('/').map(Number);
  const out = flag('--out') ?? '';
  if (words[0] !== 'count') return { exit: 2, error: `UnknownCommand: "${words[0]}" is not a command` };
  if (Number(flag('--bad')) === i)
    return { exit: 2, error: 'BadInput: so it was asked; --bad; leave it out' };
  const kept = join(journal, 'records.jsonl');
  const records = existsSync(kept) ? linesOf(kept) : [];
  for (let sample = i - 1; sample < Number(flag('--samples')); sample += n) {
    if (records.some((record) => record.sample === sample)) continue;
    if (stopped()) return { exit: 3, error: 'Interrupted: stopped; run it again' };
    if (Number(flag('--fail')) === i) {
      console.error(`the device was lost at sample ${sample}`);
      return { exit: 1, error: 'DeviceLost: the device is gone; ; run it again' };
    }
    const once = flag('--once');
    if (Number(flag('--die')) === i && records.length > 0 && once !== undefined && !existsSync(once)) {
      writeFileSync(once, '');
      console.error('about to die');
      process.kill(process.pid, 'SIGKILL');
    }
    if (Number(flag('--hang')) === i && records.length > 0 && (once === undefined || !existsSync(once))) {
      if (once !== undefined) writeFileSync(once, '');
      console.error('about to hang');
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    }
    await new Promise((resolve) => setTimeout(resolve, Number(flag('--ms') ?? 0)));
    const record = { sample, value: sample * sample };
    appendFileSync(kept, `${JSON.stringify(record)}\n`);
    if (flag('--log')) appendFileSync(flag('--log') ?? '', `${sample}\n`);
    records.push(record);
    say({ id, progress: `${records.length} samples` });
  }
  mkdirSync(join(out, 'records'), { recursive: true });
  const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  writeFileSync(join(out, 'records', 'count.jsonl'), lines);
  const link = flag('--link');
  if (link !== undefined) symlinkSync(link, join(out, 'link'));
  const kinds = [{ of: 'count', n: records.length, bytes: Buffer.byteLength(lines) }];
  writeFileSync(join(out, 'part.json'), JSON.stringify({ shard: { part: i, of: n }, records: kinds }));
  return { exit: 0 };
}

/**
 * @param {string} path
 * @returns {{ sample: number, value: number }[]}
 */
function linesOf(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** @param {object} message */
function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** @param {string} line */
function fail(line) {
  console.error(line);
  process.exit(2);
}
