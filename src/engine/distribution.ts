/** Numbers of next-token distributions, reduced where their logits lie (docs/method.md §14). */
import { divergenceGraph, groupMembersGraph, groupsOf, scoresGraph } from '../graph/distribution.ts';
import type { Graph } from '../graph/graph.ts';
import type { Backend, Feeds, Tensor } from './backend/backend.ts';
import type { GraphStore } from './graph-store.ts';
import { nonFinite } from './sampling.ts';

/** Of one row of logits. */
export interface RowScores {
  /** ln p of the token asked about. */
  readonly logprob: number;
  /** How many tokens have a greater logit. */
  readonly rank: number;
  readonly entropy: number;
  /** The most likely tokens; of equal ones the lower id is first. */
  readonly likeliest: readonly { readonly token: number; readonly logprob: number }[];
}

/** Logits `[L, vocabulary]` on the device, and `[L, 1]` what makes ln p = (logit − peak) − logTotal of them. */
export interface Normalized {
  readonly logits: Tensor;
  readonly peak: Tensor;
  readonly logTotal: Tensor;
}

export class Distributions {
  readonly #backend: Backend;
  readonly #graphs: GraphStore;

  constructor(backend: Backend, graphs: GraphStore) {
    this.#backend = backend;
    this.#graphs = graphs;
  }

  /**
   * What each row of `logits [L, vocabulary]` says of its token of `tokens`, and its `alternatives` likeliest tokens. The logits are
   * taken over: they come back with what normalizes them, for `release`, and are given back after an error.
   *
   * @throws NamedError `NonFiniteLogits`
   */
  async scores(
    logits: Tensor,
    tokens: readonly number[],
    alternatives: number,
  ): Promise<{ readonly rows: readonly RowScores[]; readonly normalized: Normalized }> {
    const vocabulary = logits.dims[1] as number;
    const made = [logits];
    try {
      const outputs = await this.#run(
        { kind: 'scores', build: scoresGraph, vocabulary },
        { logits },
        tokens.map((token, row) => row * vocabulary + token),
        ['logprob', 'above', 'entropy', 'group_peaks'],
      );
      const [peak, logTotal] = [outputs['peak'] as Tensor, outputs['log_total'] as Tensor];
      made.push(peak, logTotal);
      const entropies = hostValues(outputs, 'entropy');
      // A NaN or an infinity anywhere in a row is one in its entropy.
      for (const entropy of entropies) {
        if (!Number.isFinite(entropy)) throw nonFinite(`their entropy is ${entropy}`);
      }
      const [logprobs, above] = [hostValues(outputs, 'logprob'), hostValues(outputs, 'above')];
      const groupPeaks = hostValues(outputs, 'group_peaks');
      const likeliest = await this.#likeliest(logits, groupPeaks, Math.min(alternatives, vocabulary));
      const logTotals = await this.#backend.read(logTotal);
      const rows = tokens.map((_, row) => ({
        logprob: logprobs[row] as number,
        rank: above[row] as number,
        entropy: entropies[row] as number,
        likeliest: (likeliest[row] ?? []).map(({ token, below }) => ({
          token,
          logprob: below - (logTotals[row] as number),
        })),
      }));
      return { rows, normalized: { logits, peak, logTotal } };
    } catch (error) {
      for (const tensor of made) this.#backend.dispose(tensor);
      throw error;
    }
  }

  /** KL(P ‖ Q) of each row. */
  async divergence(p: Normalized, q: Normalized): Promise<Float32Array> {
    const feeds = [p, q].flatMap(({ logits, peak, logTotal }, index) => {
      const side = index === 0 ? 'p' : 'q';
      return [
        [`${side}.logits`, logits],
        [`${side}.peak`, peak],
        [`${side}.log_total`, logTotal],
      ] as const;
    });
    const graph = { kind: 'divergence', build: divergenceGraph, vocabulary: p.logits.dims[1] as number };
    return hostValues(await this.#run(graph, Object.fromEntries(feeds), null, ['divergence']), 'divergence');
  }

  release({ logits, peak, logTotal }: Normalized): void {
    for (const tensor of [logits, peak, logTotal]) this.#backend.dispose(tensor);
  }

  /**
   * The k greatest logits of a row lie in the k groups with the greatest peaks: only these groups are read back. `below`: how far
   * a token's logit is from the greatest, 0 or less.
   */
  async #likeliest(
    logits: Tensor,
    groupPeaks: Float32Array,
    count: number,
  ): Promise<readonly (readonly { readonly token: number; readonly below: number }[])[]> {
    if (count === 0) return [];
    const [rows, vocabulary] = logits.dims as [number, number];
    const { groups, size } = groupsOf(vocabulary);
    const chosen = Array.from({ length: rows }, (_, row) =>
      greatest(groupPeaks.subarray(row * groups, (row + 1) * groups), Math.min(count, groups)).sort(
        (a, b) => a - b,
      ),
    );
    const outputs = await this.#run(
      { kind: 'group members', build: groupMembersGraph, vocabulary },
      { logits },
      chosen.flatMap((ofRow, row) => ofRow.map((group) => row * groups + group)),
      ['members'],
    );
    const members = hostValues(outputs, 'members');
    return chosen.map((ofRow, row) => {
      const width = ofRow.length * size;
      const values = members.subarray(row * width, (row + 1) * width);
      const best = greatest(values, count);
      const peak = values[best[0] as number] as number;
      return best.map((place) => ({
        token: (ofRow[Math.floor(place / size)] as number) * size + (place % size),
        below: (values[place] as number) - peak,
      }));
    });
  }

  async #run(
    { kind, build, vocabulary }: { kind: string; build: (vocabulary: number) => Graph; vocabulary: number },
    feeds: Feeds,
    chosen: readonly number[] | null,
    hostOutputs: readonly string[],
  ): Promise<Feeds> {
    const made: Feeds = chosen
      ? { chosen: this.#backend.upload('int64', [chosen.length], BigInt64Array.from(chosen, BigInt)) }
      : {};
    const use = {
      kind: `${kind} of ${vocabulary}`,
      build: () => build(vocabulary),
      weight: (slot: string): never => {
        throw new RangeError(`${kind} has no weight ${slot}`);
      },
      weightsKey: '',
      hostOutputs,
    };
    try {
      return await this.#graphs.run(use, { ...feeds, ...made });
    } finally {
      for (const tensor of Object.values(made)) this.#backend.dispose(tensor);
    }
  }
}

/** Indices of the `count` greatest values, the greatest first; of equal ones the lower index. */
function greatest(values: Float32Array, count: number): number[] {
  const best: number[] = [];
  values.forEach((value, index) => {
    if (best.length === count && !(value > (values[best.at(-1) as number] as number))) return;
    const at = best.findIndex((other) => value > (values[other] as number));
    best.splice(at < 0 ? best.length : at, 0, index);
    if (best.length > count) best.pop();
  });
  return best;
}

function hostValues(outputs: Feeds, name: string): Float32Array {
  return (outputs[name] as Tensor).data as Float32Array;
}
