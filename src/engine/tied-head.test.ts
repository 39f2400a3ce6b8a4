/** Heads that config.json ties and the files do not: what transformers answers with, and what only the head changes. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { failureOf } from '../checkpoint/testing/files.ts';
import { Engine } from './engine.ts';
import type { OpenedCheckpoint } from './protocol/checkpoint.ts';
import type { ModelId, Subject } from './subject.ts';
import { wholeModel } from './subject.ts';
import { wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import type { Golden, GoldenCase } from './testing/goldens.ts';
import type { ReadTensor } from '../checkpoint/small-tensors.ts';
import { goldenImages, readGolden } from './testing/goldens.ts';
import { readTensors } from '../checkpoint/small-tensors.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { INLINE } from './testing/inline-surroundings.ts';
import type { TiedVariant } from './testing/tied-heads.ts';
import { TIED_SOURCE, TIED_VARIANTS, tiedHeadFolder } from './testing/tied-heads.ts';

interface GoldenHead {
  readonly tied: boolean;
  readonly next?: number;
}
interface GoldenHeads {
  readonly current: string;
  readonly versions: Readonly<Record<string, Readonly<Record<string, GoldenHead>>>>;
}

const LAYERS = 4;
const golden = JSON.parse(
  new TextDecoder().decode(await readFromDisk('expected/tied-head.json')),
) as GoldenHeads;
const heads = golden.versions[golden.current] ?? {};
const LOADED = TIED_VARIANTS.filter((variant) => heads[variant]?.next !== undefined);

let engine: Engine;
let logits: Map<string, ReadTensor>;
let source: Golden;
let images: Awaited<ReturnType<typeof goldenImages>>;
const opened = new Map<string, OpenedCheckpoint>();
beforeAll(async () => {
  logits = await readTensors(await readFromDisk('expected/tied-head.safetensors'), 'tied-head');
  source = await readGolden(readFromDisk, TIED_SOURCE);
  images = await goldenImages(readFromDisk);
  engine = new Engine({
    ...INLINE,
    decodeImage: images.decode,
    createBackend: () => Promise.resolve(wasmBackend()),
  });
  for (const variant of LOADED) {
    const id = variant as string as ModelId;
    opened.set(variant, await engine.open(id, variant, await tiedHeadFolder(readFromDisk, variant)));
    await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
  }
});

async function next(subject: Subject, item: GoldenCase = source.cases['text'] as GoldenCase) {
  const pictures = await Promise.all(item.images.map((image) => images.file(image)));
  const request = { job: 'next', subject, messages: item.messages, images: pictures };
  const { rows } = await engine.forward(request);
  const generated = await engine.generate({ ...request, maxNewTokens: 1 }, () => undefined);
  return { logits: rows[0]?.logits ?? new Float32Array(), token: generated.rows[0]?.tokens[0] };
}

const whole = (variant: TiedVariant): Subject => wholeModel(variant as string as ModelId, LAYERS);
const expected = (variant: TiedVariant): Float32Array => logits.get(variant)?.values ?? new Float32Array();

describe.each(LOADED)('%s', (variant) => {
  it('answers as transformers does, with its logits', async () => {
    const { logits: found, token } = await next(whole(variant));
    expect(relativeError(found, expected(variant))).toBeLessThan(1e-4);
    expect(token).toBe(heads[variant]?.next);
  });

  it('says which matrix is the head', () => {
    const { tiedHead, notices, ignored } = opened.get(variant) as OpenedCheckpoint;
    const tied = heads[variant]?.tied as boolean;
    expect(tiedHead).toBe(tied);
    const repeated = tied && !['alone', 'plain'].includes(variant);
    const said = notices.filter((notice) => notice.includes('tie_word_embeddings'));
    expect(said).toHaveLength(variant === 'plain' ? 0 : 1);
    for (const notice of said) {
      expect(notice).toMatch(
        repeated ? /equals/ : tied ? /only lm_head.weight is stored/ : /differ: .*transformers 4/,
      );
    }
    expect(ignored.map(({ name }) => name)).toEqual(repeated ? ['lm_head.weight'] : []);
  });
});

describe('a head of its own', () => {
  it('is another fingerprint than that of the same files with the embeddings for a head', async () => {
    const prints = new Set([...opened.values()].map(({ fingerprint }) => fingerprint));
    expect(prints.size).toBe(LOADED.length);
    const asBefore = async (variant: TiedVariant): Promise<string> =>
      (await openCheckpoint(await tiedHeadFolder(readFromDisk, variant))).fingerprint;
    expect(opened.get('repeated')?.fingerprint).toBe(await asBefore('repeated'));
    expect(opened.get('reversed')?.fingerprint).not.toBe(await asBefore('reversed'));
  });

  it('is bound with the rest of a stitch, whatever gives the layers', async () => {
    const layers = (variant: TiedVariant) => whole(variant).layers;
    const [own, tied] = [whole('reversed').rest, whole('repeated').rest];
    const stitches: readonly (readonly [Subject, TiedVariant])[] = [
      [{ layers: layers('repeated'), rest: own }, 'reversed'],
      [{ layers: layers('reversed'), rest: tied }, 'repeated'],
      [{ layers: layers('repeated'), rest: whole('last-value').rest, head: own }, 'reversed'],
    ];
    for (const [subject, answers] of stitches) {
      const { logits: found, token } = await next(subject);
      expect(relativeError(found, expected(answers)), JSON.stringify(subject)).toBeLessThan(1e-4);
      expect(token).toBe(heads[answers]?.next);
    }
  });

  // Rows from last to first: the same hidden state gives transformers' own logits for the tied model, turned round.
  it('reads the hidden states of swapped pictures and of silenced layers', async () => {
    const item = source.cases['square'] as GoldenCase;
    const subject = whole('reversed');
    const request = { job: 'swap', subject, messages: item.messages };
    const picture = await images.file('square-source');
    const kv = await engine.captureImageKv({ ...request, images: [picture] });
    const swapped = item.interventions.find(
      ({ kind, mode, layer, source: from }) =>
        kind === 'swap' && mode === 'single' && layer === 1 && from === 'square-source',
    );
    const silenced = item.interventions.find(
      ({ kind, part, layer }) => kind === 'ablate' && part === 'layer' && layer === 2,
    );
    const { rows } = await engine.forward({
      ...request,
      images: [await images.file('square')],
      rows: [{ swap: { source: kv, layers: [1] } }, { ablate: [{ layer: 2, part: 'layer' }] }],
    });
    [swapped, silenced].forEach((intervention, row) => {
      const turned = source.tensor(intervention?.logits ?? '').toReversed();
      expect(relativeError(rows[row]?.logits ?? [], turned)).toBeLessThan(1e-3);
    });
  });
});

describe('what transformers does not load, or fills at random', () => {
  const open = async (variant: TiedVariant) =>
    failureOf(engine.open(`bad ${variant}` as ModelId, variant, await tiedHeadFolder(readFromDisk, variant)));

  it('a head of fewer rows is an error that names both shapes', async () => {
    const error = await open('shorter');
    expect(error.name).toBe('WrongShape');
    expect(error.message).toContain('lm_head.weight is [384, 72], not [400, 72]');
  });

  it.each([
    ['untied-without-head', 'lm_head.weight', 'if the head is the embedding'],
    ['untied-without-embeddings', 'model.embed_tokens.weight', 'if the embedding is the head'],
  ] as const)('%s names the matrix and the setting', async (variant, tensor, remedy) => {
    const error = await open(variant);
    expect(error).toMatchObject({ name: 'MissingTensor', place: { tensor } });
    expect(error.remedy).toContain(`Set tie_word_embeddings to true in config.json ${remedy}`);
  });
});
