/** Small files that decide answers name them: every one that opening reads, by each of its bytes, and nothing else. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ByteSource, CheckpointFiles } from '../checkpoint/byte-source.ts';
import { openFolder } from '../engine/folder.ts';
import type { ModelId } from '../engine/subject.ts';
import { readFromDisk } from '../engine/testing/goldens-from-disk.ts';
import { goldenFolder } from '../engine/testing/goldens.ts';
import { DECIDING_FILES, decidingFiles } from './deciding-files.ts';

/** A golden checkpoint with every file that can decide something; JSON keeps its meaning with a blank at the end. */
let folder: ReadonlyMap<string, Blob>;
beforeAll(async () => {
  const golden = await goldenFolder(readFromDisk, 'untied-gqa4-f32');
  const files = new Map<string, Blob>();
  for (const [name, source] of golden) {
    files.set(name, new Blob([await source.slice(0, source.size).arrayBuffer()]));
  }
  const template = JSON.parse(await (files.get('chat_template.json') ?? new Blob(['{}'])).text()) as {
    chat_template?: string;
  };
  const text = template.chat_template ?? '{{ messages }}';
  files.set('chat_template.json', new Blob([JSON.stringify({ chat_template: text })]));
  for (const name of ['chat_template.jinja', 'additional_chat_templates/default.jinja'])
    files.set(name, new Blob([text]));
  for (const name of ['processor_config.json', 'added_tokens.json']) files.set(name, new Blob(['{}']));
  if (!files.has('generation_config.json')) files.set('generation_config.json', new Blob(['{}']));
  files.set('README.md', new Blob(['read by nobody']));
  files.set('video_preprocessor_config.json', new Blob(['{}']));
  folder = files;
});

/** Says that weights are quantized: such a folder does not open. */
const REFUSED_BY = new Set(['hf_quant_config.json', 'quant_config.json', 'quantize_config.json']);

const sources = (files: ReadonlyMap<string, Blob>): CheckpointFiles =>
  new Map([...files].map(([name, blob]) => [name, Object.assign(blob.slice(), { name }) as ByteSource]));

async function namesOf(files: ReadonlyMap<string, Blob>, folderName = 'a folder') {
  const { summary } = await openFolder(folderName as ModelId, folderName, sources(files));
  return summary.smallFiles;
}

const changed = (name: string, ...content: BlobPart[]) => new Map(folder).set(name, new Blob(content));

describe('a folder that opens', () => {
  test('reads no small file that decides nothing', async () => {
    const read = new Set<string>();
    class Watched extends Map<string, ByteSource> {
      override get(name: string): ByteSource | undefined {
        read.add(name);
        return super.get(name);
      }
    }
    await openFolder('m' as ModelId, 'm', new Watched(sources(folder)));
    const small = [...read].filter(
      (name) => !/\.safetensors(\.index\.json)?$/.test(name) && !REFUSED_BY.has(name),
    );
    expect(small.sort()).toEqual([...DECIDING_FILES].sort());
  });

  test.each(DECIDING_FILES)('is named otherwise with one byte more of %s', async (name) => {
    const before = await namesOf(folder);
    const own = folder.get(name) as Blob;
    const after = await namesOf(changed(name, own, ' '));
    expect(after[name]).not.toBe(before[name]);
    expect({ ...after, [name]: '' }).toEqual({ ...before, [name]: '' });
  });

  test.each(['README.md', 'video_preprocessor_config.json', 'vocab.json', 'notes.txt'])(
    'is named the same whatever %s holds',
    async (name) => {
      expect(await namesOf(changed(name, '{"other": 1}'))).toEqual(await namesOf(folder));
    },
  );

  test('is named the same in another order of its files, under another name', async () => {
    const turned = new Map([...folder].reverse());
    expect(await namesOf(turned, 'another folder')).toEqual(await namesOf(folder));
  });

  test('is named otherwise where a file is missing', async () => {
    const fewer = new Map(folder);
    fewer.delete('chat_template.jinja');
    expect(Object.keys(await namesOf(fewer))).not.toContain('chat_template.jinja');
  });
});

test('every bit of a small file counts', async () => {
  const bytes = new Uint8Array(await (folder.get('chat_template.jinja') as Blob).arrayBuffer());
  const hash = async (content: Uint8Array<ArrayBuffer>) =>
    (await decidingFiles(sources(new Map([['chat_template.jinja', new Blob([content])]]))))[
      'chat_template.jinja'
    ];
  const seen = new Set([await hash(bytes)]);
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
    seen.add(await hash(flipped));
  }
  expect(seen.size).toBe(bytes.length + 1);
});
