/** Merges whose frame has a head of its own under a config that ties: what is written, and what is refused. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { failureOf, folder } from '../checkpoint/testing/files.ts';
import { Engine } from '../engine/engine.ts';
import type { ModelId } from '../engine/subject.ts';
import { wholeModel } from '../engine/subject.ts';
import { wasmBackend } from '../engine/testing/golden-model.ts';
import { readFromDisk } from '../engine/testing/goldens-from-disk.ts';
import type { ReadTensor } from '../checkpoint/small-tensors.ts';
import { readGolden } from '../engine/testing/goldens.ts';
import { readTensors } from '../checkpoint/small-tensors.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { INLINE } from '../engine/testing/inline-surroundings.ts';
import type { TiedVariant } from '../engine/testing/tied-heads.ts';
import { TIED_SOURCE, tiedHeadFolder } from '../engine/testing/tied-heads.ts';
import { openWeights } from '../vlm/stored-head.ts';
import { exportMerge } from './export.ts';
import { planMerge } from './plan/plan.ts';
import { parseBlocks } from './recipe/blocks.ts';
import type { Recipe } from './recipe/recipe.ts';
import { openDonors } from './testing/donors.ts';
import { MemorySink } from './testing/memory-sink.ts';

interface GoldenExports {
  readonly blocks: string;
  readonly exports: Readonly<
    Record<
      string,
      {
        /** SHA-256 of model.safetensors. */
        readonly weights: string;
        /** By version of transformers; the logits of all are those beside this file. */
        readonly readBy: Readonly<Record<string, { readonly tied: boolean; readonly next: number }>>;
      }
    >
  >;
}

const golden = JSON.parse(
  new TextDecoder().decode(await readFromDisk('expected/tied-head-exports.json')),
) as GoldenExports;
const LAYERS = 4;

/** The second donor: tied, and each MLP turned round (the sign of a bfloat16 is the highest bit of its second byte). */
function other(): Promise<CheckpointFiles> {
  return tiedHeadFolder(readFromDisk, 'plain', (tensor) =>
    tensor.name.includes('layers') && tensor.name.includes('down_proj')
      ? { ...tensor, bytes: tensor.bytes.map((byte, i) => (i % 2 === 1 ? byte ^ 0x80 : byte)) }
      : tensor,
  );
}

async function donors(frame: TiedVariant) {
  return openDonors(
    new Map([
      ['IN', await tiedHeadFolder(readFromDisk, frame)],
      ['RL', await other()],
    ]),
  );
}

const recipe: Recipe = parseBlocks(golden.blocks, ['IN', 'RL'], LAYERS);

async function exported(frame: TiedVariant): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const open = await donors(frame);
  const sink = new MemorySink();
  await exportMerge(planMerge(recipe, open.donors), open.folders, sink);
  return sink.files;
}

let logits: Map<string, ReadTensor>;
beforeAll(async () => {
  logits = await readTensors(await readFromDisk('expected/tied-head-exports.safetensors'), 'exports');
});

describe.each(Object.keys(golden.exports) as TiedVariant[])('a merge into %s', (variant) => {
  const { weights, readBy } = golden.exports[variant] ?? { weights: '', readBy: {} };
  const tied = Object.values(readBy)[0]?.tied;

  it('is what transformers 4.57.6 and 5.24.0 read alike, and the engine answers so', async () => {
    expect(Object.keys(readBy)).toEqual(['4.57.6', '5.24.0']);
    const files = await exported(variant);
    const digest = createHash('sha256')
      .update(files.get('model.safetensors') ?? '')
      .digest('hex');
    expect(digest).toBe(weights);

    const createBackend = () => Promise.resolve(wasmBackend());
    const decodeImage = () => Promise.reject(new Error('no pictures'));
    const engine = new Engine({ ...INLINE, decodeImage, createBackend });
    const id = 'merged' as ModelId;
    const { tiedHead, notices } = await engine.open(id, variant, folder(Object.fromEntries(files)));
    expect(tiedHead).toBe(tied);
    // Nothing is left to say where both versions read the same; a repetition is still one.
    const said = notices.filter((notice) => notice.includes('tie_word_embeddings'));
    expect(said).toHaveLength(variant === 'repeated' ? 1 : 0);
    await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
    const { messages = [] } = (await readGolden(readFromDisk, TIED_SOURCE)).cases['text'] ?? {};
    const { rows } = await engine.forward({ job: 'next', subject: wholeModel(id, LAYERS), messages });
    expect(relativeError(rows[0]?.logits ?? [], logits.get(variant)?.values ?? [])).toBeLessThan(1e-4);
    await engine.close(id);
  });

  it('says untied at every level where the head is its own, and in the card that it does', async () => {
    const files = await exported(variant);
    const text = (name: string): string => new TextDecoder().decode(files.get(name));
    const config = JSON.parse(text('config.json')) as Record<string, unknown>;
    const levels = [config, config['text_config']].filter((level) => level !== undefined);
    const flags = levels.map((level) => (level as Record<string, unknown>)['tie_word_embeddings']);
    if (tied) expect(flags).toEqual([true]);
    else expect(flags).toEqual(variant === 'reversed-text-config' ? [false, false] : [false]);
    expect(text('README.md').includes('tie_word_embeddings is false')).toBe(!tied);
  });
});

describe('donors of different heads', () => {
  it('are refused where the tied one is asked for final norm and head', async () => {
    const open = await donors('reversed');
    const asked = { ...recipe, rest: { ...recipe.rest, head: 'RL' } };
    const error = await failureOf(Promise.resolve().then(() => planMerge(asked, open.donors)));
    expect(error).toMatchObject({ name: 'DifferentConfig', place: { field: 'text.tieWordEmbeddings' } });
  });

  it('give layers to each other; a head that stays behind is named', async () => {
    const open = await donors('reversed');
    const plan = planMerge(parseBlocks('RL:IN', ['IN', 'RL'], LAYERS), open.donors);
    expect(plan.tensors.some(({ name }) => name === 'lm_head.weight')).toBe(false);
    const left = plan.donors.find(({ name }) => name === 'IN')?.leftBehind;
    expect(left).toEqual(['lm_head.weight']);
    expect(plan.notices).toContain(
      'The head of IN is a matrix of its own; the merge keeps that of RL, its embeddings.',
    );
    expect(planMerge(recipe, open.donors).notices).toContain(
      'The head of RL is its embeddings; the merge keeps that of IN, a matrix of its own.',
    );
  });

  it('keep a repeated head in a wider dtype equal to embeddings that are mixed', async () => {
    const folders = new Map<string, CheckpointFiles>([
      ['IN', await tiedHeadFolder(readFromDisk, 'wide')],
      ['RL', await tiedHeadFolder(readFromDisk, 'plain', reversedSigns)],
    ]);
    const open = await openDonors(folders);
    const mixed: Recipe = {
      ...parseBlocks('IN', ['IN', 'RL'], LAYERS),
      edits: [{ kind: 'interpolate-rest', pieces: ['frame'], donor: 'RL', alpha: 0.3 }],
    };
    const sink = new MemorySink();
    await exportMerge(planMerge(mixed, open.donors), folders, sink);
    const { tiedHead } = await openWeights(folder(Object.fromEntries(sink.files)));
    expect(tiedHead).toBe(true);
  });
});

function reversedSigns<T extends { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }>(
  tensor: T,
): T {
  return tensor.name.includes('embed_tokens')
    ? { ...tensor, bytes: tensor.bytes.map((byte, i) => (i % 2 === 1 ? byte ^ 0x80 : byte)) }
    : tensor;
}
