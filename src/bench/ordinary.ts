/** The yardstick: the same model as one ordinary ONNX graph, all weights constants, no way to intervene. */
import type { Backend, Compiled, Feeds, Tensor } from '../engine/backend/backend.ts';
import type { Sequence } from '../engine/prefill.ts';
import type { ResidentSubject } from '../engine/resident.ts';
import { headKey } from '../engine/weights/plan.ts';
import { decoderStack } from '../graph/decoder.ts';
import { finish } from '../graph/graph.ts';
import { headOn } from '../graph/head.ts';
import { GraphBuilder } from '../graph/onnx.ts';
import { WeightBinder } from '../graph/weights.ts';
import { mropeCosSin, textPositions } from '../vlm/mrope.ts';

export class OrdinaryModel {
  readonly #backend: Backend;
  readonly #subject: ResidentSubject;
  readonly #compiled: Compiled;

  private constructor(backend: Backend, subject: ResidentSubject, compiled: Compiled) {
    this.#backend = backend;
    this.#subject = subject;
    this.#compiled = compiled;
  }

  /** `bytesOf` gives the bytes of a device array by its key. */
  static async compile(
    backend: Backend,
    subject: ResidentSubject,
    bytesOf: (key: string) => Uint8Array,
  ): Promise<OrdinaryModel> {
    const { text } = subject.rest.config;
    const format = subject.rest.dtype;
    const graph = new GraphBuilder();
    const binder = new WeightBinder(graph, ({ name }) =>
      bytesOf(/^\d/.test(name) ? `model.layers.${name}` : headKey(name, 0)),
    );
    const plain = { gates: false, swap: false, captureKv: false, attention: 'cached' } as const;
    const hidden = decoderStack(graph, binder, { dims: text, format, layers: text.layers, ...plain });
    const { hiddenSize, rmsNormEps, vocabSize: rows } = text;
    headOn(graph, binder, hidden, { hiddenSize, rmsNormEps, rows, format, output: 'greedy' });
    return new OrdinaryModel(
      backend,
      subject,
      await backend.compile(finish(graph, binder), ['token', 'logit']),
    );
  }

  /** Greedy tokens, and the milliseconds each decode step took. */
  async generate(
    sequence: Sequence,
    nextPosition: number,
    count: number,
  ): Promise<{ tokens: number[]; milliseconds: number[] }> {
    const backend = this.#backend;
    const { config, embedding } = this.#subject.rest;
    const { kvHeads, headDim, layers, hiddenSize } = config.text;
    const room = backend.sharedCache ? sequence.length + count : 0;
    let cache: Feeds = {};
    for (let layer = 0; layer < layers; layer++) {
      for (const part of ['key', 'value']) {
        cache[`${layer}.past_${part}`] = await backend.zeros('float32', [1, kvHeads, room, headDim]);
      }
    }
    const tokens: number[] = [];
    const milliseconds: number[] = [];
    for (let step = 0; step < count; step++) {
      const started = performance.now();
      const first = step === 0;
      const length = first ? sequence.length : 1;
      const total = sequence.length + step;
      const { cos, sin } = first
        ? sequence.rotary
        : mropeCosSin(textPositions(nextPosition + step - 1, 1), config);
      const hidden = first ? sequence.hidden : await embedding.lookup([tokens.at(-1) as number]);
      const dims = [length, cos.length / length];
      const own: Feeds = {
        hidden: backend.upload('float32', [1, length, hiddenSize], hidden),
        positions: backend.upload(
          'int64',
          [1, length],
          BigInt64Array.from({ length }, (_, i) => BigInt(i)),
        ),
        cos: backend.upload('float32', dims, cos),
        sin: backend.upload('float32', dims, sin),
        seqlens: backend.upload('int32', [1], Int32Array.of(total - 1)),
        last: backend.upload('int64', [1], BigInt64Array.of(BigInt(length - 1))),
      };
      const options = backend.sharedCache ? { into: renamed(cache, 'past', 'present') } : {};
      const outputs = await backend.run(
        this.#compiled,
        {
          ...own,
          ...cache,
          batch_shape: backend.host('int64', [3], BigInt64Array.of(1n, BigInt(length), -1n)),
          total_length: backend.host('int32', [1], Int32Array.of(total)),
        },
        options,
      );
      tokens.push(Number(((outputs['token'] as Tensor).data as BigInt64Array)[0]));
      if (!backend.sharedCache) {
        for (const tensor of Object.values(cache)) backend.dispose(tensor);
        const present = Object.entries(outputs).filter(([name]) => name.includes('present'));
        cache = renamed(Object.fromEntries(present), 'present', 'past');
      }
      for (const tensor of Object.values(own)) backend.dispose(tensor);
      if (!first) milliseconds.push(performance.now() - started);
    }
    for (const tensor of Object.values(cache)) backend.dispose(tensor);
    return { tokens, milliseconds };
  }

  release(): Promise<void> {
    return this.#backend.releaseGraph(this.#compiled);
  }
}

function renamed(feeds: Feeds, from: string, to: string): Feeds {
  return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name.replace(from, to), tensor]));
}
