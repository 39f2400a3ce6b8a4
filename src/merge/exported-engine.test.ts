/** Exported folders: the bytes that transformers loaded, and what the engine answers with them. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { folder } from '../checkpoint/testing/files.ts';
import { Engine } from '../engine/engine.ts';
import type { ModelId } from '../engine/subject.ts';
import { wholeModel } from '../engine/subject.ts';
import { wasmBackend } from '../engine/testing/golden-model.ts';
import { readFromDisk } from '../engine/testing/goldens-from-disk.ts';
import type { Golden, GoldenAnswer } from '../engine/testing/goldens.ts';
import { goldenFolder, goldenImages, readGolden } from '../engine/testing/goldens.ts';
import { INLINE } from '../engine/testing/inline-surroundings.ts';
import { exportMerge } from './export.ts';
import { planMerge } from './plan/plan.ts';
import { readRecipe } from './recipe/recipe-file.ts';
import type { OpenDonors } from './testing/donors.ts';
import { openDonors } from './testing/donors.ts';
import { MemorySink } from './testing/memory-sink.ts';

interface GoldenExport {
  readonly recipe: unknown;
  /** SHA-256 of every file that transformers read. */
  readonly files: Readonly<Record<string, string>>;
  readonly answers: readonly (GoldenAnswer & { readonly case: string })[];
}

interface GoldenExports {
  readonly donors: Readonly<Record<string, string>>;
  readonly shardBytes: number;
  readonly exports: Readonly<Record<string, GoldenExport>>;
}

const readExports = async (file: string): Promise<GoldenExports> =>
  JSON.parse(new TextDecoder().decode(await readFromDisk(`expected/${file}`))) as GoldenExports;
const GOLDENS = {
  'Qwen2.5-VL': await readExports('merge-export.json'),
  'Qwen3-VL': await readExports('merge-export-qwen3.json'),
};
/** Said by the folder itself, not read by transformers. */
const OWN = ['README.md', 'frankenscope-recipe.json'];

/** With the files that only transformers reads: they travel too. */
async function wholeFolder(name: string): Promise<Map<string, File>> {
  const files = await goldenFolder(readFromDisk, name);
  for (const file of ['merges.txt', 'vocab.json'])
    files.set(file, new File([await readFromDisk(`checkpoints/${name}/${file}`)], file));
  return files;
}

describe.each(Object.entries(GOLDENS))('an export of %s', (_, golden) => {
  let open: OpenDonors;
  let prompts: Golden;
  let images: Awaited<ReturnType<typeof goldenImages>>;
  let layers: number;
  beforeAll(async () => {
    const folders = Object.entries(golden.donors).map(
      async ([donor, name]) => [donor, await wholeFolder(name)] as const,
    );
    open = await openDonors(new Map(await Promise.all(folders)));
    prompts = await readGolden(readFromDisk, golden.donors['IN'] as string);
    images = await goldenImages(readFromDisk);
    layers = open.donors.get('IN')?.config.text.layers ?? 0;
  });

  it.each(Object.entries(golden.exports))(
    '%s: what transformers loaded whole, byte for byte, and the engine answers as it does',
    async (label, { recipe, files, answers }) => {
      const read = readRecipe(new TextEncoder().encode(JSON.stringify(recipe)), 'recipe.json', layers);
      const sink = new MemorySink();
      const { shardBytes } = golden;
      await exportMerge(planMerge(read.recipe, open.donors), open.folders, sink, { shardBytes });
      const written = [...sink.files].filter(([name]) => !OWN.includes(name));
      const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
      expect(Object.fromEntries(written.map(([name, bytes]) => [name, digest(bytes)]))).toEqual(files);
      expect(Object.keys(files)).toContain('model.safetensors.index.json');

      const createBackend = () => Promise.resolve(wasmBackend());
      const engine = new Engine({ ...INLINE, decodeImage: images.decode, createBackend });
      const id = label as ModelId;
      await engine.open(id, label, folder(Object.fromEntries(sink.files)));
      await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
      expect(answers.map((answer) => answer.case)).toEqual(Object.keys(prompts.cases));
      for (const answer of answers) {
        const item = prompts.cases[answer.case];
        if (!item) throw new Error(answer.case);
        const pictures = await Promise.all(item.images.map((image) => images.file(image)));
        const request = {
          job: label,
          subject: wholeModel(id, layers),
          messages: item.messages,
          images: pictures,
        };
        const { rows } = await engine.generate({ ...request, maxNewTokens: 32 }, () => undefined);
        // Beyond `compared` a choice is within rounding of a tie.
        expect(rows[0]?.tokens.slice(0, answer.compared), answer.case).toEqual(
          answer.tokens.slice(0, answer.compared),
        );
      }
      await engine.close(id);
    },
  );
});
