import { GraphBuilder } from '../../graph/onnx.ts';
import type { Backend } from './backend.ts';

/**
 * Onnxruntime fetches, compiles and starts its module with the first graph that it is given: this gives it one of a single node, while weights are
 * still read. What goes wrong is said of the first graph that is needed.
 */
export function startModule(backend: Pick<Backend, 'compile' | 'releaseGraph'>): void {
  backend
    .compile(smallestGraph())
    .then((compiled) => backend.releaseGraph(compiled))
    .catch(() => undefined);
}

function smallestGraph() {
  const graph = new GraphBuilder();
  const input = graph.input('input', 'float32', [1]);
  graph.output('output', graph.op('Identity', [input]), 'float32', [1]);
  return { model: graph.encode(), weights: [], outputs: ['output'] };
}
