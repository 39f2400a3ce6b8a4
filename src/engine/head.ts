/** Running the final norm and the language-model head. */
import { headGraph } from '../graph/head.ts';
import type { HeadSpec } from '../graph/head.ts';
import type { Backend, Feeds, Tensor } from './backend/backend.ts';
import type { GraphStore } from './graph-store.ts';
import type { Resident } from './resident.ts';
import { checkPeak } from './sampling.ts';
import type { HeadShard } from './weights/plan.ts';
import { headKey } from './weights/plan.ts';

/** Outputs of a head graph, all wanted in host memory. */
export function headOutputs(output: HeadSpec['output']): readonly string[] {
  return output === 'logits' ? ['logits'] : ['token', 'logit'];
}

/** The head's shape for one shard of a checkpoint's vocabulary. */
export function headSpec(model: Resident, shard: number, output: HeadSpec['output']): HeadSpec {
  const { hiddenSize, rmsNormEps } = model.config.text;
  const { rows } = model.headShards[shard] as HeadShard;
  return { hiddenSize, rows, rmsNormEps, format: model.format, output };
}

/** The head as part of a decoder graph; undefined where it is split and so runs by itself. */
export function fusedHead(model: Resident, output: HeadSpec['output']): HeadSpec | undefined {
  return model.headShards.length === 1 ? headSpec(model, 0, output) : undefined;
}

/** Rows of a head graph's logits output. */
export function logitRows(outputs: Feeds, count: number): readonly Float32Array[] {
  const values = (outputs['logits'] as Tensor).data as Float32Array;
  const size = values.length / count;
  return Array.from({ length: count }, (_, row) => values.subarray(row * size, (row + 1) * size));
}

/** Best tokens of a greedy head graph, with their logits. @throws NamedError `NonFiniteLogits`. */
export function bestTokens(outputs: Feeds): readonly { readonly token: number; readonly logit: number }[] {
  const tokens = (outputs['token'] as Tensor).data as BigInt64Array;
  const logits = (outputs['logit'] as Tensor).data as Float32Array;
  return Array.from(tokens, (token, at) => {
    const logit = logits[at] as number;
    checkPeak(logit);
    return { token: Number(token), logit };
  });
}

export class Head {
  readonly #backend: Backend;
  readonly #graphs: GraphStore;

  constructor(backend: Backend, graphs: GraphStore) {
    this.#backend = backend;
    this.#graphs = graphs;
  }

  /** Logits `[vocabSize]` for each of `positions` (indices into the B·S positions of `hidden [B, S, D]`). */
  async logits(model: Resident, hidden: Tensor, positions: readonly number[]): Promise<Float32Array[]> {
    const { vocabSize } = model.config.text;
    const rows = positions.map(() => new Float32Array(vocabSize));
    for (const [index, { start }] of model.headShards.entries()) {
      const part = logitRows(await this.#run(model, index, 'logits', hidden, positions), positions.length);
      part.forEach((values, at) => rows[at]?.set(values, start));
    }
    return rows;
  }

  /** As `logits`, left on the device: `[positions, vocabSize]`, which the caller disposes. */
  async deviceLogits(model: Resident, hidden: Tensor, positions: readonly number[]): Promise<Tensor> {
    const { vocabSize } = model.config.text;
    const shard = async (index: number): Promise<Tensor> =>
      (await this.#run(model, index, 'logits', hidden, positions, []))['logits'] as Tensor;
    if (model.headShards.length === 1) return shard(0);
    const bytes = Float32Array.BYTES_PER_ELEMENT;
    const whole = await this.#backend.zeros('float32', [positions.length, vocabSize]);
    try {
      for (const [index, { start, rows }] of model.headShards.entries()) {
        const part = await shard(index);
        const ranges = positions.map((_, at) => ({
          from: at * rows * bytes,
          to: (at * vocabSize + start) * bytes,
          bytes: rows * bytes,
        }));
        this.#backend.copy(part, whole, ranges);
        this.#backend.dispose(part);
      }
    } catch (error) {
      this.#backend.dispose(whole);
      throw error;
    }
    return whole;
  }

  /** The most likely token at each of `positions`; on a tie the lowest id. */
  async greedy(model: Resident, hidden: Tensor, positions: readonly number[]): Promise<number[]> {
    const best = positions.map(() => ({ token: 0, logit: -Infinity }));
    for (const [index, { start }] of model.headShards.entries()) {
      const found = bestTokens(await this.#run(model, index, 'greedy', hidden, positions));
      found.forEach(({ token, logit }, at) => {
        if (logit > (best[at]?.logit as number)) best[at] = { token: start + token, logit };
      });
    }
    return best.map(({ token }) => token);
  }

  async #run(
    model: Resident,
    shard: number,
    output: HeadSpec['output'],
    hidden: Tensor,
    positions: readonly number[],
    hostOutputs = headOutputs(output),
  ): Promise<Feeds> {
    const spec = headSpec(model, shard, output);
    const last = this.#backend.upload('int64', [positions.length], BigInt64Array.from(positions, BigInt));
    try {
      return await this.#graphs.run(
        {
          kind: `head ${JSON.stringify(spec)}`,
          build: (constants) => headGraph(spec, constants),
          weight: (slot) => [model, headKey(slot, shard)],
          weightsKey: [shard, model.id].join(),
          hostOutputs,
        },
        { hidden, last },
      );
    } finally {
      this.#backend.dispose(last);
    }
  }
}
