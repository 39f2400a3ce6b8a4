/** The engine against transformers, the same suite on every device. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import type { Device } from '../protocol/device.ts';
import type { RowSpec } from '../protocol/intervention.ts';
import type { ModelId, Subject } from '../subject.ts';
import { wholeModel } from '../subject.ts';
import type { Golden, GoldenAnswer, GoldenCase, GoldenIntervention, ReadGolden } from './goldens.ts';
import { goldenFolder, goldenImages, readGolden } from './goldens.ts';
import { relativeError } from '../../statistics/relative-error.ts';

export interface GoldenSuite {
  readonly device: Device;
  readonly read: ReadGolden;
  readonly createEngine: (decodeImage: (file: Blob) => Promise<never>) => Engine;
  readonly checkpoints: readonly string[];
  /** Bounds on relative errors of hidden states and of logits. */
  readonly hiddenBound: number;
  readonly logitsBound: number;
  /** Cases whose interventions are run; default all. A software GPU takes minutes for one. */
  readonly interventionCases?: readonly string[];
}

const NEW_TOKENS = 32;

export function describeGoldens(suite: GoldenSuite): void {
  describe.each(suite.checkpoints)(`${suite.device} against transformers: %s`, (name) => {
    let engine: Engine;
    let golden: Golden;
    let images: Awaited<ReturnType<typeof goldenImages>>;
    let subject: Subject;
    let layers: number;

    beforeAll(async () => {
      golden = await readGolden(suite.read, name);
      images = await goldenImages(suite.read);
      engine = suite.createEngine(images.decode as never);
      const id = name as ModelId;
      const summary = await engine.open(id, name, await goldenFolder(suite.read, name));
      await engine.load('load', id, { device: suite.device, dtype: 'f32' }, () => undefined);
      layers = summary.layers;
      subject = wholeModel(id, layers);
    });

    const cases = (): [string, GoldenCase][] => Object.entries(golden.cases);
    const request = async (golden: GoldenCase, job: string) => ({
      job,
      subject,
      messages: golden.messages,
      images: await Promise.all(golden.images.map((image) => images.file(image))),
    });

    it('token ids, vision embeddings, hidden states after every layer, logits', async () => {
      for (const [key, item] of cases()) {
        const result = await engine.forward({
          ...(await request(item, key)),
          capture: { hidden: 'all', visionEmbeddings: true },
        });
        expect(result.promptTokenIds, key).toEqual(item.inputIds);
        if (item.images.length > 0) {
          const vision = (result.visionEmbeddings ?? []).flatMap((part) => [...part]);
          expect(relativeError(vision, golden.tensor(`${key}.vision`)), `${key} vision`).toBeLessThan(
            suite.hiddenBound,
          );
        }
        const [row] = result.rows;
        for (let layer = 0; layer <= layers; layer++) {
          const expected = golden.tensor(`${key}.hidden.${layer}`);
          const error = relativeError(row?.hidden?.[layer] as Float32Array, expected);
          expect(error, `${key} hidden ${layer}`).toBeLessThan(suite.hiddenBound);
        }
        const error = relativeError(row?.logits as Float32Array, golden.tensor(`${key}.logits`));
        expect(error, `${key} logits`).toBeLessThan(suite.logitsBound);
      }
    });

    it('greedy answers', async () => {
      for (const [key, item] of cases()) {
        const { rows } = await engine.generate(
          { ...(await request(item, key)), maxNewTokens: NEW_TOKENS },
          () => undefined,
        );
        expectAnswer(rows[0]?.tokens as number[], item.greedy, key);
      }
    });

    it('attention mass on image tokens', async () => {
      for (const [key, item] of cases()) {
        if (!item.attention) continue;
        const { queries, mass } = item.attention;
        const length = item.inputIds.length;
        const result = await engine.forward({
          ...(await request(item, key)),
          continuation: item.greedy.tokens.slice(0, Math.max(...queries) + 1 - length),
          capture: { attention: { keys: item.imagePositions, queries } },
        });
        const all = (result.rows[0]?.attentionMass ?? []).flatMap((layer) => [...layer]);
        expect(relativeError(all, golden.tensor(mass)), key).toBeLessThan(suite.hiddenBound);
      }
    });

    it('every intervention, all as rows of one batch', async () => {
      for (const [key, item] of cases()) {
        if (item.interventions.length === 0) continue;
        if (suite.interventionCases && !suite.interventionCases.includes(key)) continue;
        const base = await request(item, key);
        const sources = new Map<string, string>();
        for (const { source } of item.interventions) {
          if (source === undefined || sources.has(source)) continue;
          const picture = await images.file(source);
          sources.set(source, await engine.captureImageKv({ ...base, images: [picture] }));
        }
        const rows = item.interventions.map((intervention) => rowOf(intervention, sources, layers));
        const [generated, forward] = [
          await engine.generate({ ...base, rows, maxNewTokens: NEW_TOKENS }, () => undefined),
          await engine.forward({ ...base, rows }),
        ];
        item.interventions.forEach((intervention, row) => {
          const label = `${key} ${JSON.stringify(rows[row])}`;
          const logits = forward.rows[row]?.logits as Float32Array;
          const error = relativeError(logits, golden.tensor(intervention.logits));
          expect(error, `${label} logits`).toBeLessThan(suite.logitsBound);
          expectAnswer(generated.rows[row]?.tokens as number[], intervention, label);
        });
      }
    });
  });
}

function rowOf(item: GoldenIntervention, sources: Map<string, string>, layers: number): RowSpec {
  if (item.kind === 'ablate') return { ablate: [{ layer: item.layer, part: item.part ?? 'layer' }] };
  const count = item.mode === 'single' ? 1 : layers - item.layer;
  return {
    swap: {
      source: sources.get(item.source as string) as string,
      layers: Array.from({ length: count }, (_, offset) => item.layer + offset),
      ...(item.reads ? { reads: item.reads } : {}),
      ...(item.injection ? { injection: item.injection } : {}),
    },
  };
}

/** Tokens up to where transformers' own choice is within rounding of a tie. */
function expectAnswer(tokens: readonly number[], golden: GoldenAnswer, label: string): void {
  expect(tokens.slice(0, golden.compared), label).toEqual(golden.tokens.slice(0, golden.compared));
  if (golden.compared >= golden.tokens.length) expect(tokens.length, label).toBe(golden.tokens.length);
}
