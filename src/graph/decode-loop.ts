/** Graph of several greedy decode steps in one run: an ONNX `Loop` around the whole stack and the head. */
import type { KeysAndValues } from './attention.ts';
import type { DecoderSpec, SharedInputs } from './decoder.ts';
import { decoderLayer } from './decoder.ts';
import type { Graph } from './graph.ts';
import { finish } from './graph.ts';
import type { HeadSpec } from './head.ts';
import { bestOf, logitsOf } from './head.ts';
import type { Value } from './onnx.ts';
import { GraphBuilder } from './onnx.ts';
import type { ConstantWeights } from './weights.ts';
import { WeightBinder } from './weights.ts';

/** The weight slot of the token embeddings, float32 whatever the format. */
export const EMBEDDINGS = 'embed_tokens.weight';

export interface DecodeLoopSpec extends Pick<DecoderSpec, 'dims' | 'format' | 'layers' | 'gates'> {
  readonly head: Omit<HeadSpec, 'output'>;
  /** Rows of the table of token embeddings. */
  readonly vocabSize: number;
}

/**
 * Copying a batch without its finished rows takes about `going / wasted` of a step of those that go on (WASM). It is done once finished rows have
 * been computed for as long: so no more than twice the least is spent, however soon the others end.
 */
const COPY_STEPS = { going: 2, wasted: 5 } as const;

/** Whether a batch is to be copied without its finished rows, `wasted` of which (one a step) were computed since it last was. */
export function copyPays(wasted: number, going: number): boolean {
  return wasted > 0 && COPY_STEPS.wasted * wasted >= COPY_STEPS.going * going;
}

/**
 * Builds the graph. In:
 *
 * - int64 `steps []`, the most steps, bool `going []`, which is true; int64 `batch_shape = [B, 1, -1]`;
 * - int64 `token [B]`, what each row said last; bool `finished [B]`, the rows that go no further; int64 `left [B]`, how many more tokens a row may
 *   say; int64 `ends [E]`, tokens that finish a row; int64 `wasted []`, finished rows computed since the batch was last copied;
 * - rotary angles `cos`, `sin [steps · T, headDim/2]`, T of them for each step; int64 `positions [B, 1]`, which of a step's each row takes; int64
 *   `angles []`, T;
 * - `i.past_key`, `i.past_value` `[B, kvHeads, P, headDim]`, seen as `mask` `[B, 1, 1, P]` says; int64 `room [1]`, P;
 * - where `gates`, `i.attention_gate` and `i.mlp_gate` `[B or 1, 1, 1]`.
 *
 * A step reads the embedding of the token before it. The loop ends when all rows are finished, or when `copyPays`. Out, of the k steps done: int64
 * `tokens [k, B]` (lowest id on ties), their `logits [k, B, 1]`, and keys and values of the tokens read, `i.fresh_key`, `i.fresh_value`
 * `[B, kvHeads, k, headDim]`.
 */
export function decodeLoopGraph(spec: DecodeLoopSpec, constants?: ConstantWeights): Graph {
  const { dims, layers, head, vocabSize } = spec;
  const { heads, kvHeads, headDim, hiddenSize } = dims;
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  const steps = graph.input('steps', 'int64', []);
  const going = graph.input('going', 'bool', []);
  const batchShape = graph.input('batch_shape', 'int64', [3]);
  const ends = graph.input('ends', 'int64', ['E']);
  const left = graph.input('left', 'int64', ['B']);
  const first = {
    token: graph.input('token', 'int64', ['B']),
    finished: graph.input('finished', 'bool', ['B']),
    wasted: graph.input('wasted', 'int64', []),
  };
  const angles = {
    cos: graph.input('cos', 'float32', ['A', headDim / 2]),
    sin: graph.input('sin', 'float32', ['A', headDim / 2]),
    positions: graph.input('positions', 'int64', ['B', 1]),
    count: graph.input('angles', 'int64', []),
  };
  const mask = graph.op('Tile', [
    graph.input('mask', 'float32', ['B', 1, 1, 'P']),
    graph.int64s(1, 1, heads / kvHeads, 1),
  ]);
  const room = graph.input('room', 'int64', [1]);
  const past = perLayer(layers, (name) => graph.input(name('past'), 'float32', ['B', kvHeads, 'P', headDim]));
  const table = weights.matrix(EMBEDDINGS, vocabSize, hiddenSize, 'f32').values[0] as Value;
  const none = graph.op('ConstantOfShape', [
    graph.op('Concat', [graph.op('Shape', [first.token]), graph.int64s(kvHeads, 0, headDim)], { axis: 0 }),
  ]);

  const body = graph.body();
  const iteration = body.input('iteration', 'int64', []);
  body.input('going_in', 'bool', []);
  const token = body.input('token_in', 'int64', ['B']);
  const finished = body.input('finished_in', 'bool', ['B']);
  const wasted = body.input('wasted_in', 'int64', []);
  const earlier = perLayer(layers, (name) =>
    body.input(name('earlier'), 'float32', ['B', kvHeads, name('steps'), headDim]),
  );
  const grown: KeysAndValues[] = [];
  const shared: SharedInputs = {
    ...{ kind: 'looped', given: graph, batchShape, cos: angles.cos, sin: angles.sin },
    ...{ mask, room, past, earlier, grown: (layer, fresh) => (grown[layer] = fresh) },
    positions: body.op('Add', [angles.positions, body.op('Mul', [iteration, angles.count])]),
  };
  let hidden = body.op('Reshape', [body.op('Gather', [table, token], { axis: 0 }), batchShape]);
  for (let layer = 0; layer < layers; layer++)
    hidden = decoderLayer(body, weights, spec, shared, hidden, layer);
  const rows = body.op('Reshape', [hidden, body.int64s(-1, hiddenSize)]);
  const best = bestOf(body, logitsOf(body, weights, rows, head));

  const done = body.op('Or', [finished, isFinished(body, { token: best.token, iteration, left, ends })]);
  const state = turnover(body, done, wasted);
  body.output('going_out', state.going, 'bool', []);
  body.output('token_out', best.token, 'int64', ['B']);
  body.output('finished_out', done, 'bool', ['B']);
  body.output('wasted_out', state.wasted, 'int64', []);
  const grownDims = ['B', kvHeads, 'grown', headDim];
  for (const [layer, { key, value }] of grown.entries()) {
    body.output(`${layer}.grown_key`, key, 'float32', grownDims);
    body.output(`${layer}.grown_value`, value, 'float32', grownDims);
  }
  body.output('said', body.op('Identity', [best.token]), 'int64', ['B']);
  body.output('logit', best.logit, 'float32', ['B', 1]);

  const carried = [first.token, first.finished, first.wasted, ...earlier.flatMap(() => [none, none])];
  const outputs = graph.opAll(
    'Loop',
    [steps, going, ...carried],
    { body: { graph: body } },
    carried.length + 2,
  );
  for (const [layer] of earlier.entries()) {
    const at = 3 + 2 * layer;
    const freshDims = ['B', kvHeads, 'K', headDim];
    graph.output(`${layer}.fresh_key`, outputs[at] as Value, 'float32', freshDims);
    graph.output(`${layer}.fresh_value`, outputs[at + 1] as Value, 'float32', freshDims);
  }
  graph.output('tokens', outputs[carried.length] as Value, 'int64', ['K', 'B']);
  graph.output('logits', outputs[carried.length + 1] as Value, 'float32', ['K', 'B', 1]);
  return finish(graph, weights);
}

function perLayer(layers: number, make: (name: (stem: string) => string) => Value): readonly KeysAndValues[] {
  return Array.from({ length: layers }, (_, layer) => ({
    key: make((stem) => `${layer}.${stem}_key`),
    value: make((stem) => `${layer}.${stem}_value`),
  }));
}

/** Bool `[B]`: whether a row ends with `token`, or has said all that it may after `iteration + 1` tokens of the loop. */
function isFinished(
  graph: GraphBuilder,
  inputs: { readonly [name in 'token' | 'iteration' | 'left' | 'ends']: Value },
): Value {
  const { token, iteration, left, ends } = inputs;
  const equal = graph.op('Equal', [graph.op('Unsqueeze', [token, graph.int64s(1)]), ends]);
  const ended = graph.op('Greater', [counted(graph, equal, graph.int64s(1)), graph.int64s(0)]);
  const more = graph.op('Less', [graph.op('Add', [iteration, graph.int64s(1)]), left]);
  return graph.op('Or', [ended, graph.op('Not', [more])]);
}

/** Whether the loop goes on with rows of which `done` are finished, and what is wasted by then; as `copyPays` says. */
function turnover(
  graph: GraphBuilder,
  done: Value,
  wasted: Value,
): { readonly going: Value; readonly wasted: Value } {
  const scalar = (value: number): Value => graph.op('Squeeze', [graph.int64s(value)]);
  const stopped = counted(graph, done);
  const rows = graph.op('Size', [done]);
  const left = graph.op('Sub', [rows, stopped]);
  const now = graph.op('Add', [wasted, stopped]);
  const due = graph.op('Less', [
    graph.op('Mul', [now, scalar(COPY_STEPS.wasted)]),
    graph.op('Mul', [left, scalar(COPY_STEPS.going)]),
  ]);
  const none = graph.op('Equal', [now, scalar(0)]);
  const some = graph.op('Greater', [left, scalar(0)]);
  return { going: graph.op('And', [some, graph.op('Or', [none, due])]), wasted: now };
}

/** How many of a bool tensor are true, int64: along `axes`, or in all as a scalar. */
function counted(graph: GraphBuilder, values: Value, axes?: Value): Value {
  return graph.op('ReduceSum', [graph.op('Cast', [values], { to: 7 }), ...(axes ? [axes] : [])], {
    keepdims: 0,
  });
}
