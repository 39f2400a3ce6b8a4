import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { goldenFolder } from '../engine/testing/goldens.ts';
import { openModelFolder } from './model-folder.ts';

const DATA = new URL('../../tools/goldens/data/', import.meta.url);
const golden = (name: string): Promise<Map<string, File>> =>
  goldenFolder(async (path) => new Uint8Array(await readFile(new URL(path, DATA))), name);

/** The files of the folder, shards and index included, with the tensors under other names. */
async function renamed(
  files: ReadonlyMap<string, File>,
  rename: (name: string) => string,
): Promise<Map<string, File>> {
  const result = new Map<string, File>();
  for (const [name, file] of files) {
    if (name.endsWith('.index.json')) {
      const { weight_map, ...rest } = JSON.parse(await file.text()) as { weight_map: Record<string, string> };
      result.set(name, asFile(name, { ...rest, weight_map: renameKeys(weight_map, rename) }));
    } else if (name.endsWith('.safetensors')) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const end = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end))) as Record<string, object>;
      const json = new TextEncoder().encode(JSON.stringify(renameKeys(header, rename)));
      const length = new Uint8Array(8);
      new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
      result.set(name, new File([length, json, bytes.subarray(end)], name));
    } else result.set(name, file);
  }
  return result;
}

function renameKeys<T>(map: Readonly<Record<string, T>>, rename: (name: string) => string): object {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [rename(name), value]));
}

const asFile = (name: string, json: object): File => new File([JSON.stringify(json)], name);

async function withConfig(files: Map<string, File>, change: object): Promise<Map<string, File>> {
  const config = JSON.parse((await files.get('config.json')?.text()) ?? '{}') as object;
  return new Map([...files, ['config.json', asFile('config.json', { ...config, ...change })]]);
}

/** As `AutoModel.from_pretrained(folder).save_pretrained(…)` of transformers 5.24 names them. */
const asBaseModel = (name: string): string => name.replace(/^model\./, 'language_model.');

describe('a folder saved from the base model', () => {
  test('opens when the head is tied, as it loads in transformers', async () => {
    const files = await golden('tied-gqa1-bf16-old');
    const base = await withConfig(await renamed(files, asBaseModel), { architectures: ['Qwen2_5_VLModel'] });
    const [own, opened] = [
      await openModelFolder(files, { name: 'own' }),
      await openModelFolder(base, { name: 'base' }),
    ];
    expect([...opened.checkpoint.tensors.keys()].sort()).toEqual([...own.checkpoint.tensors.keys()].sort());
    expect(opened.config).toEqual(own.config);
    expect(opened.notices).toEqual(own.notices);
  });
});

test('what the config says without a word of its own reaches the notices', async () => {
  const files = await golden('tied-gqa1-bf16-old');
  files.delete('generation_config.json');
  const silent = await withConfig(files, { eos_token_id: null, architectures: ['Critic'] });
  const { config, notices } = await openModelFolder(silent, { name: 'silent' });
  expect(config.tokens.eos).toEqual([]);
  expect(notices).toEqual([
    expect.stringContaining('saved by Critic'),
    expect.stringContaining('every answer runs to its token limit'),
  ]);
});
