/** An engine that says what is written down for each prompt and row, at once: the same whenever it is asked. */
import type { GenerateAllRequest, PromptAnswers } from '../../engine/protocol/generation.ts';
import type { PromptSpec } from '../../engine/protocol/prompt.ts';
import { fakeScores } from '../../engine/testing/fake-scores.ts';
import type { ProbeEngine } from '../../probes/probe-engine.ts';

const LAYERS = 2;
const HEADS = 2;
const QUIRKS = ['größer', '"quoted"\n', '\u2028 \\ \ud83d\ude00', '<answer>4</answer>'];

export function recordedEngine(): ProbeEngine {
  return {
    generate: (request) => {
      const [row] = answersTo(request, [{}]).rows;
      const pieces = ['<think>', 'so ', '</think>', 'yes', ''];
      const tokens = pieces.map((_, index) => index);
      return Promise.resolve({
        ...answersTo(request, [{}]),
        rows: [{ tokens, pieces, text: row?.text ?? '', stop: 'end' }],
        ...{ device: 'wasm', dtype: 'f32', seconds: { vision: 0, prefill: 0, decode: 0 } },
      });
    },
    generateAll: ({ prompts }: GenerateAllRequest) =>
      Promise.resolve(prompts.map((prompt) => answersTo(prompt, prompt.rows ?? [{}]))),
    forward: ({ capture }) => {
      const queries = capture?.attention?.queries.length ?? 0;
      const mass = Array.from({ length: LAYERS }, (_, layer) =>
        Float32Array.from({ length: HEADS * queries }, (_, at) => 1 / (1 + at + layer)),
      );
      const reading = { token: 3, probability: 0.1 + 0.2, rank: 1 };
      const top = { token: 3, text: 'yes', probability: 0.7 };
      const { topk = 1 } = capture?.lens ?? {};
      const lens = Array.from({ length: LAYERS + 1 }, () => ({
        ...{ top, ...(topk > 1 ? { topk: Array.from({ length: topk }, () => top) } : {}) },
        asked: [reading],
      }));
      return Promise.resolve({
        rows: [{ logits: new Float32Array(0), attentionMass: mass, lens }],
        ...{ promptTokenIds: [], imageSpans: [], imageGrids: [], seconds: 0 },
      });
    },
    scoreAnswer: (request) => Promise.resolve(fakeScores(request)),
    captureImageKv: () => Promise.resolve('captured'),
    captureImagesKv: ({ prompts }) => Promise.resolve(prompts.map(() => 'captured')),
    releaseKv: () => undefined,
    cancel: () => undefined,
  };
}

function answersTo({ prompt = '' }: PromptSpec, rows: readonly unknown[]): PromptAnswers {
  return {
    rows: rows.map((row, index) => ({
      tokens: [1, 2, 3],
      text: `${prompt} ${index} ${JSON.stringify(row).length} ${QUIRKS[(prompt.length + index) % QUIRKS.length]}`,
      stop: 'end',
    })),
    ...{ promptTokens: 5, imageTokens: 4, imageSpans: [[1, 4]] },
  };
}
