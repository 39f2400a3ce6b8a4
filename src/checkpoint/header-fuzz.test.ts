/**
 * Our reader of headers beside the format's own (safetensors 0.8) over mutated headers: we take nothing that it refuses, and
 * what we refuse beyond it falls into the classes of docs/checkpoints.md. CI compares with verdicts that
 * are committed; tools/safetensors-fuzz/README.md says how to ask the reader itself, over as many headers as wanted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NamedError } from '../named-error.ts';
import { sha256Hex } from '../work/sha256.ts';
import { readHeader } from './header.ts';
import { source } from './testing/files.ts';
import { type MutatedFile, mutatedHeaders } from './testing/mutated-headers.ts';

const FOLDER = new URL('../../tools/safetensors-fuzz/', import.meta.url);
const VERDICTS = new URL('data/verdicts.json', FOLDER);
const SEED = 1;
const PYTHON = process.env.SAFETENSORS_PYTHON;
const COUNT = Number(process.env.SAFETENSORS_HEADERS ?? 300_000);
const RECORDED = 20_000;

/** Tensors by name: [name, dtype, shape, bytes]. Null: refused. */
type Verdict = readonly (readonly [string, string, readonly number[], number])[] | null;

/** What we refuse and the format's reader takes, each with its sign (docs/checkpoints.md says why). */
const STRICTER: Readonly<Record<string, (error: NamedError) => boolean>> = {
  'a key twice': ({ name }) => name === 'DuplicateKey',
  'a dim or offset beyond 2^53 - 1': ({ name, what }) =>
    (name === 'InvalidShape' || name === 'InvalidOffsets') && /^\d{16,20} is not an integer/.test(what),
  'deep nesting': ({ name, what }) => name === 'InvalidJson' && what.includes('nesting of at most 64'),
  'a number of more than 64 characters': ({ name, what }) =>
    name === 'InvalidJson' && /expected a value at character \d+ and found "[-\d]"/.test(what),
  'a tensor as a list': ({ name, what }) =>
    name === 'InvalidTensor' && what === 'its description is not an object',
  'a dtype as an object': ({ name, place }) => name === 'InvalidTensor' && place.field === 'dtype',
};

async function ours({ bytes }: MutatedFile): Promise<Verdict | NamedError> {
  try {
    const { tensors, unread } = await readHeader(source(bytes), 'f');
    return [...tensors, ...unread]
      .map(({ storedName, dtype, shape, bytes }) => [storedName, dtype, shape, bytes] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  } catch (error) {
    if (error instanceof NamedError) return error;
    throw error;
  }
}

/** How often each class occurred. Whatever belongs to none is the error. */
class Tally {
  readonly classes = new Map<string, number>();
  readonly wrong: string[] = [];
  taken = 0;

  add(file: MutatedFile, own: Verdict | NamedError, taken: boolean): void {
    if (taken) this.taken += 1;
    if (!(own instanceof NamedError)) {
      if (!taken) this.wrong.push(`we take and it refuses: ${file.header}`);
      return;
    }
    if (!taken) return;
    const found = Object.keys(STRICTER).find((name) => STRICTER[name]?.(own));
    if (found === undefined) this.wrong.push(`it takes, we say ${own.name}: ${own.message}: ${file.header}`);
    else this.classes.set(found, (this.classes.get(found) ?? 0) + 1);
  }
}

describe('headers beside the reader of safetensors', () => {
  it('takes nothing that it refused, over the headers whose verdicts are committed', async () => {
    const recorded = JSON.parse(readFileSync(VERDICTS, 'utf8')) as { files: string; taken: string };
    const bits = Buffer.from(recorded.taken, 'base64');
    expect(bits.length).toBe(RECORDED / 8);
    const judged: Uint8Array[] = [];
    const tally = new Tally();
    const files = mutatedHeaders(SEED);
    for (let at = 0; at < RECORDED; at++) {
      const file = files.next().value;
      judged.push(file.bytes);
      tally.add(file, await ours(file), (((bits[at >> 3] ?? 0) >> (at & 7)) & 1) === 1);
    }
    // Other files than those that were judged: record the verdicts again.
    expect(await sha256Hex(Buffer.concat(judged))).toBe(recorded.files);
    expect(tally.wrong).toEqual([]);
    expect(tally.taken).toBeGreaterThan(RECORDED / 8);
    expect([...tally.classes.keys()].sort()).toEqual(Object.keys(STRICTER).sort());
  });

  it.skipIf(PYTHON === undefined)(
    'agrees with it, asked itself: SAFETENSORS_PYTHON',
    async () => {
      const referee = spawn(String(PYTHON), [fileURLToPath(new URL('referee.py', FOLDER))], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const lines = createInterface({ input: referee.stdout })[Symbol.asyncIterator]();
      const next = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value));
      expect(await next()).toMatch(/^0\.8\./);
      const judged: Uint8Array[] = [];
      const bits = Buffer.alloc(RECORDED / 8);
      const tally = new Tally();
      const files = mutatedHeaders(SEED);
      const BATCH = 1000;
      for (let from = 0; from < COUNT; from += BATCH) {
        const batch = Array.from({ length: BATCH }, () => files.next().value);
        for (const { bytes } of batch) {
          const prefix = Buffer.alloc(4);
          prefix.writeUInt32LE(bytes.length);
          referee.stdin.write(Buffer.concat([prefix, bytes]));
        }
        for (const [i, file] of batch.entries()) {
          const own = await ours(file);
          const its = (await next()) as Verdict;
          if (from + i < RECORDED) {
            judged.push(file.bytes);
            if (its) bits[(from + i) >> 3] = (bits[(from + i) >> 3] ?? 0) | (1 << ((from + i) & 7));
          }
          tally.add(file, own, its !== null);
          if (its && own && !(own instanceof NamedError)) {
            expect(own, file.header).toEqual([...its].sort(([a], [b]) => (a < b ? -1 : 1)));
          }
        }
      }
      referee.stdin.end();
      await once(referee, 'close');
      console.info(`${COUNT} headers, ${tally.taken} taken by it`, Object.fromEntries(tally.classes));
      expect(tally.wrong.slice(0, 40)).toEqual([]);
      if (process.env.SAFETENSORS_RECORD) {
        const record = {
          reader: 'safetensors 0.8',
          files: await sha256Hex(Buffer.concat(judged)),
          taken: bits.toString('base64'),
        };
        writeFileSync(VERDICTS, `${JSON.stringify(record, null, 2)}\n`);
      }
    },
    3_600_000,
  );
});
