import { describe, expect, test } from 'vitest';
import { COMMANDS, type Command } from './commands.mjs';
import { SHARD } from './commands/shared/flags.mjs';
import { describe as describeFlags, readFlags } from './flags.mjs';

const generate = COMMANDS.generate as Command;
const required = ['--model', 'folder', '--prompt', 'What is this?'];

describe('reading flags', () => {
  test('gives values their types, camel-case keys and defaults', () => {
    expect(readFlags(generate, [...required, '--max-new-tokens', '32', '--temperature', '0.7'])).toEqual({
      model: 'folder',
      prompt: 'What is this?',
      maxNewTokens: 32,
      temperature: 0.7,
      repetitionPenalty: 1,
      imageProcessing: 'transformers-5',
      maxImagePixels: 1280 * 720,
      seed: 0,
      out: '-',
      quiet: false,
      adapter: 'auto',
    });
  });

  test('keeps repeated images in their order', () => {
    const { image } = readFlags(generate, [...required, '--image', 'b.png', '--image=a.png']);
    expect(image).toEqual(['b.png', 'a.png']);
  });

  test('takes text that looks like a flag, or is empty, after an equals sign', () => {
    const words = ['--model', 'folder', '--prompt=--help me\nnow = then', '--system='];
    expect(readFlags(generate, words)).toMatchObject({ prompt: '--help me\nnow = then', system: '' });
  });

  test('checks every value of a flag that may be repeated', () => {
    const swap = ['--model', 'm', '--pairs', 'p', '--out', 'o', '--tasks', 'ocr'];
    expect(readFlags(COMMANDS['swap'] as Command, [...swap, 'counting'])['tasks']).toEqual([
      'ocr',
      'counting',
    ]);
    expect(() => readFlags(COMMANDS['swap'] as Command, [...swap, 'reading'])).toThrow(
      /^"reading" will not do.*--tasks.*one of ocr, counting, grounding, recognition/,
    );
  });

  test('takes several values of a flag that may be repeated', () => {
    const command: Command = {
      help: '',
      writes: 'folder',
      flags: {
        part: { kind: 'data', repeated: true, required: true, help: 'folders' },
        model: { kind: 'checkpoint', repeated: true, help: 'models' },
        shard: SHARD,
      },
    };
    expect(
      readFlags(command, ['--part', 'a', 'b', '--model', 'x', 'y', '--shard', '2/3', '--model', 'z']),
    ).toEqual({
      part: ['a', 'b'],
      model: ['x', 'y', 'z'],
      shard: '2/3',
    });
    expect(() => readFlags(command, ['--model', 'x'])).toThrow('required; --part');
    expect(() => readFlags(command, ['--part', 'a', '--shard', '0/3'])).toThrow(
      '"0/3" will not do; --shard; give one like 1/4',
    );
    expect(() => readFlags(command, ['--part', 'a', '--shard', '1/3', 'b'])).toThrow('"b" is not a flag');
  });

  test('gives words without a flag to the one that takes them, and refuses them of commands that have none', () => {
    const command: Command = {
      ...{ help: '', writes: 'folder', rest: 'parts' },
      flags: { parts: { kind: 'parts', required: true, help: 'folders' }, out: { kind: 'path', help: '' } },
    };
    const read = { parts: ['a', 'b', 'c'], out: 'o' };
    expect(readFlags(command, ['a', '--out', 'o', 'b', 'c'])).toEqual(read);
    expect(readFlags(command, ['--parts', 'a', 'b', '--out', 'o', 'c'])).toEqual(read);
    expect(() => readFlags(command, ['--out', 'o'])).toThrow('required; --parts');
  });

  test('tells an empty prompt from a missing one', () => {
    expect(readFlags(generate, ['--model', 'folder', '--prompt', '']).prompt).toBe('');
    expect(() => readFlags(generate, ['--model', 'folder', '--prompt'])).toThrow('no value; --prompt');
  });

  test.each([
    ['UnknownFlag', ['--modle', 'x'], '"--modle" is not a flag; known: --model'],
    ['UnknownFlag', ['folder'], '"folder" is not a flag'],
    ['UnknownFlag', ['--__proto__', 'x'], 'is not a flag'],
    ['MissingFlag', ['--model', 'folder'], 'required; --prompt; give it: '],
    ['MissingValue', ['--model', '--prompt', 'x'], 'no value; --model; give it one: '],
    ['RepeatedFlag', [...required, '--model', 'b'], 'given twice; --model'],
    ['BadValue', [...required, '--dtype', 'q7'], '"q7" will not do; --dtype; one of f32, f16, q8, q4'],
    ['BadValue', [...required, '--max-new-tokens', '0'], 'whole number of at least 1'],
    ['BadValue', [...required, '--max-new-tokens', '1.5'], 'whole number'],
    ['BadValue', [...required, '--seed', '-1'], 'at least 0'],
    ['BadValue', [...required, '--seed', '9007199254740993'], '--seed'],
    [
      'BadValue',
      [...required, '--max-image-pixels', '783'],
      'whole number of at least 784 and at most 89478485',
    ],
    [
      'BadValue',
      [...required, '--max-image-pixels', '89478486'],
      '"89478486" will not do; --max-image-pixels',
    ],
    ['BadValue', [...required, '--max-image-pixels', '1e5.5'], '--max-image-pixels'],
    ['BadValue', [...required, '--max-image-pixels', '921600.5'], '--max-image-pixels'],
    ['BadValue', [...required, '--max-image-pixels', 'none'], '"none" will not do'],
    ['BadValue', [...required, '--temperature', 'hot'], '"hot" will not do'],
    ['BadValue', [...required, '--temperature='], '--temperature'],
    ['BadValue', [...required, '--quiet=no'], 'switch'],
  ])('%s for %j', (name, words, message) => {
    expect(() => readFlags(generate, words)).toThrow(expect.objectContaining({ name }));
    expect(() => readFlags(generate, words)).toThrow(message);
  });
});

test('help names every flag of a command', () => {
  const help = describeFlags('logits', COMMANDS.logits as Command);
  for (const name of Object.keys(COMMANDS.logits?.flags ?? {})) expect(help).toContain(`--${name}`);
});
