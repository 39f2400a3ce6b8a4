/** What is kept and what is written of images says how they were read, in every command that looks at them. */
import { describe, expect, test, vi } from 'vitest';
import { COMMANDS, type Command as CommandTable } from '../../scripts/commands.mjs';
import { readFlags } from '../../scripts/flags.mjs';
import { type WorkIdentity, workKey } from '../identity/work-identity.ts';
import { MAX_DECODED_PIXELS } from '../image/dimensions.ts';
import { DEFAULT_IMAGE_PROCESSING, IMAGE_PROCESSING_NAMES } from '../vlm/image-processing.ts';
import { DEFAULT_MAX_IMAGE_PIXELS, LEAST_IMAGE_PIXELS } from '../vlm/pixel-limit.ts';
import { EVALUATIONS, PROBES } from '../analyses/registry.ts';
import { commandOf } from './command-of.ts';
import type { CommandContext } from './context.ts';
import { FlagReader } from './flag-reader.ts';
import { imageReading } from './image-reading.ts';
import { picture } from './testing/identity-cases.ts';

vi.mock('../reading/client.ts', () => import('../reading/testing/inline.ts'));
// The survey loads WebAssembly that only a browser has.
vi.mock('../engine/capabilities.ts', () => ({
  surveyCapabilities: () => Promise.resolve({ preferred: 'wasm' }),
}));

const LOOKING = ['generate', 'logits', 'quantize', ...PROBES.keys(), ...EVALUATIONS.keys()];
const CHECKPOINTS = { model: ['m'], base: ['b'], in: ['i'], rl: ['r'] };
const FILES = ['--pairs', 'p', '--problems', 'q', '--items', 'q', '--format', 'awq'];
const IMAGE = new File(['x'], 'a.png');

const table = (name: string): CommandTable => COMMANDS[name] as CommandTable;

/** Whether a command is asked one question alone; others may be, too, in place of a list. */
const asksOne = (name: string): boolean => table(name).flags['prompt']?.required === true;

/** The command's own words only: what it requires, and `more`. */
function flagsOf(name: string, more: readonly string[]): FlagReader {
  const { flags } = table(name);
  const given = [...Object.entries(CHECKPOINTS).flatMap(([flag, [value]]) => [`--${flag}`, value as string])];
  const words = [...given, ...FILES, ...(asksOne(name) ? ['--prompt', 'What?'] : []), '--out', 'o'];
  const own = words.flatMap((word, index) =>
    word.startsWith('--') && word.slice(2) in flags ? [word, words[index + 1] as string] : [],
  );
  return new FlagReader(
    readFlags(table(name), [...own, ...more]) as ConstructorParameters<typeof FlagReader>[0],
  );
}

const SET = new Map([
  ['ocr/data.jsonl', new File([JSON.stringify(pair())], 'data.jsonl')],
  ['ocr/images/a.png', IMAGE],
]);
const item = (category: string): string =>
  JSON.stringify({ id: category, question: 'Q', answer: '1', image: 'a.png', category, description: 'D' });
const LIST = new Map([
  ['q.jsonl', new File([['general-vqa', 'chess'].map(item).join('\n')], 'q.jsonl')],
  ['a.png', picture('x')],
]);

function pair(): object {
  const images = { target_image: 'images/a.png', source_image: 'images/a.png' };
  return { id: '1', task: 'ocr', prompt: 'What?', target_answer: 'a', source_answer: 'b', ...images };
}

/** A command whose machine is made up: what it asks for and writes is seen, nothing is computed. */
function stage(name: string, more: readonly string[] = []) {
  const seen: { identity?: WorkIdentity; request?: object } = {};
  const summary = { id: 'm', name: 'm', fingerprint: 'f', smallFiles: {}, layers: 3 };
  const loaded = { device: 'wasm', dtype: 'f32', seconds: 0, weightBytes: 0 };
  const answer = {
    rows: [{ text: '', tokens: [], stop: 'end', logits: [] }],
    seconds: {},
    promptTokenIds: [],
  };
  const ask = (request: object): Promise<object> => {
    seen.request = request;
    return Promise.resolve(answer);
  };
  const context = {
    flags: flagsOf(name, more),
    inputs: {
      list: () => (asksOne(name) ? [IMAGE] : []),
      one: (flag: string) => ({ name: flag, files: flag === 'pairs' ? SET : LIST }),
    },
    checkpoints: {
      count: () => 1,
      load: () => Promise.resolve({ summary, loaded }),
      loadOptions: () => Promise.resolve({ device: 'wasm', dtype: 'f32' }),
    },
    engine: { generate: ask, forward: ask },
    signal: new AbortController().signal,
    ...{ notice: () => undefined, atEnd: () => undefined },
    journalled: (identity: WorkIdentity) => {
      seen.identity = identity;
      return Promise.reject(new Error('identified'));
    },
  } as unknown as CommandContext;
  return { context, seen };
}

const OTHER = ['--image-processing', 'transformers-4.51'];

describe('flags', () => {
  test.each(LOOKING)('%s takes both, with the defaults of the page', (name) => {
    expect(imageReading({ flags: flagsOf(name, []) })).toEqual({
      imageProcessing: DEFAULT_IMAGE_PROCESSING,
      maxImagePixels: DEFAULT_MAX_IMAGE_PIXELS,
    });
    const { flags } = table(name);
    expect(flags['image-processing']).toMatchObject({ choices: [...IMAGE_PROCESSING_NAMES] });
    // Written in the table once more: the shell reads none of the app's modules.
    const bounds = { minimum: LEAST_IMAGE_PIXELS, maximum: MAX_DECODED_PIXELS };
    expect(flags['max-image-pixels']).toMatchObject({ kind: 'integer', ...bounds });
  });

  test('are those of every command that is given pictures, and of no other', () => {
    const takesPictures = ({ flags }: CommandTable): boolean =>
      ['image', 'pairs', 'problems', 'items', 'spec'].some((flag) => flag in flags);
    // A study hands them on to those that it runs.
    const named = Object.entries(COMMANDS).filter(
      ([name, command]) => takesPictures(command) && name !== 'study',
    );
    expect(named.map(([name]) => name).sort()).toEqual([...LOOKING].sort());
    for (const [name, command] of Object.entries(COMMANDS))
      expect('max-image-pixels' in command.flags, name).toBe(takesPictures(command));
  });
});

describe('identity', () => {
  test.each([...PROBES.keys(), ...EVALUATIONS.keys()])(
    '%s is another piece of work for another reading',
    async (name) => {
      const run = await commandOf(name);
      const key = async (more: readonly string[]): Promise<string> => {
        const { context, seen } = stage(name, more);
        await expect(run(context)).rejects.toThrow('identified');
        return workKey(seen.identity as WorkIdentity);
      };
      const keys = [await key([]), await key(OTHER), await key(['--max-image-pixels', '50000'])];
      expect(new Set(keys).size).toBe(3);
      expect(await key(['--image-processing', DEFAULT_IMAGE_PROCESSING])).toBe(keys[0]);
    },
  );
});

describe('result', () => {
  test.each(['generate', 'logits'])('%s asks for it and writes it down', async (name) => {
    const run = await commandOf(name);
    const { context, seen } = stage(name, [...OTHER, '--max-image-pixels', '50000']);
    const result = await run(context);
    const reading = { imageProcessing: 'transformers-4.51', maxImagePixels: 50000 };
    expect(seen.request).toMatchObject(reading);
    expect(result).toMatchObject({ frankenscope: reading });
  });
});
