import * as ort from 'onnxruntime-web/jspi';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decoderGraph } from '../graph/decoder.ts';
import type { Graph } from '../graph/graph.ts';
import { divergenceGraph, groupMembersGraph, scoresGraph } from '../graph/distribution.ts';
import { headGraph } from '../graph/head.ts';
import { patchEmbedGraph, projectorGraph, visionBlockGraph } from '../graph/vision.ts';
import { requestGpu } from './backend/gpu-device.ts';

const DIMS = {
  hiddenSize: 128,
  intermediateSize: 192,
  heads: 4,
  kvHeads: 2,
  headDim: 32,
  rmsNormEps: 1e-6,
} as const;
const LAYER = {
  dims: DIMS,
  layers: 1,
  gates: true,
  swap: true,
  captureKv: true,
  attention: 'cached',
} as const;
const HEAD = { hiddenSize: 128, rows: 100, rmsNormEps: 1e-6 } as const;

const GRAPHS: readonly (readonly [string, Graph])[] = [
  ...(['f32', 'q8', 'q4', 'q8-zeros', 'q4-zeros'] as const).flatMap((format): [string, Graph][] => [
    [`decoder layer with gates, swap and capture, ${format}`, decoderGraph({ ...LAYER, format })],
    [`vision block, ${format}`, visionBlockGraph({ hiddenSize: 64, intermediateSize: 52, heads: 4 }, format)],
    [`projector, ${format}`, projectorGraph({ hiddenSize: 64, merge: 2, outHiddenSize: 128 }, format)],
    [`greedy head, ${format}`, headGraph({ ...HEAD, format, output: 'greedy' })],
    [`probed layer, ${format}`, decoderGraph({ ...LAYER, format, attention: 'probed' })],
  ]),
  ['patch embedding', patchEmbedGraph(1176, 64)],
  ['scores of tokens', scoresGraph(400)],
  ['groups of a vocabulary', groupMembersGraph(400)],
  ['divergence of two distributions', divergenceGraph(400)],
];

describe('operators fall back to the CPU without a word', () => {
  let gpu: GPUDevice;
  /** The module binds the console's methods once, when it is loaded. */
  const lines: string[] = [];
  beforeAll(async () => {
    for (const method of ['log', 'warn', 'error', 'info', 'debug'] as const) {
      vi.spyOn(console, method).mockImplementation((line: unknown) => lines.push(String(line)));
    }
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = 'verbose';
    gpu = await requestGpu(false);
  });
  afterAll(() => vi.restoreAllMocks());

  it.each(GRAPHS)('every node of the %s runs on the GPU, but for shape arithmetic', async (_, graph) => {
    lines.length = 0;
    const session = await ort.InferenceSession.create(graph.model, {
      executionProviders: [
        { name: 'webgpu', device: gpu } as ort.InferenceSession.WebGpuExecutionProviderOption,
      ],
      logSeverityLevel: 0,
    });
    await session.release();
    const placements = lines.filter((line) => line.includes('VerifyEachNodeIsAssignedToAnEp'));
    expect(placements.length).toBeGreaterThan(0);
    const onCpu: string[] = [];
    let provider = '';
    for (const line of placements) {
      provider = /placed on \[(\w+)\]/.exec(line)?.[1] ?? provider;
      const node = /\]\s+(\w+) \(\w+\)$/.exec(line)?.[1];
      if (node !== undefined && provider === 'CPUExecutionProvider') onCpu.push(node);
    }
    expect(onCpu.filter((type) => type !== 'Concat')).toEqual([]);
    expect(placements.some((line) => line.includes('WebGpuExecutionProvider'))).toBe(true);
  });
});
