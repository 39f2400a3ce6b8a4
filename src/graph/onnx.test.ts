import { describe, expect, it } from 'vitest';
import { float32, runModel } from '../engine/testing/run-graph.ts';
import type { Attribute } from './onnx.ts';
import { GraphBuilder, NONE } from './onnx.ts';
import { ProtoReader } from './testing/proto-reader.ts';

/** Attributes of the only node of a graph, as AttributeProto messages. */
function attributesOf(attributes: Record<string, Attribute>): ProtoReader[] {
  const graph = new GraphBuilder();
  graph.output('y', graph.op('Op', [graph.input('x', 'float32', [1])], attributes), 'float32', [1]);
  return new ProtoReader(graph.encode()).message(7).message(1).messages(5);
}

describe('a ModelProto', () => {
  it('has the bytes that onnx.proto3 prescribes, derived by hand', () => {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float32', [2, 'n']);
    graph.output('y', graph.op('Neg', [x]), 'float32', [2, 'n']);
    const name = '66 72 61 6e 6b 65 6e 73 63 6f 70 65'; // frankenscope
    // tensor_type {elem_type 1, shape {dim {dim_value 2}, dim {dim_param "n"}}}
    const type = '0a 0d 08 01 12 09 0a 02 08 02 0a 03 12 01 6e';
    const parts = [
      '08 0a', // ir_version 10
      `12 0c ${name}`, // producer_name
      '3a 53', // graph, 83 bytes
      '0a 17', // node: input x, output y, name Neg_node_0, op_type Neg
      '0a 01 78 12 01 79 1a 0a 4e 65 67 5f 6e 6f 64 65 5f 30 22 03 4e 65 67',
      `12 0c ${name}`,
      `5a 14 0a 01 78 12 0f ${type}`, // input
      `62 14 0a 01 79 12 0f ${type}`, // output
      '42 04 0a 00 10 17', // opset "" 23
      '42 11 0a 0d 63 6f 6d 2e 6d 69 63 72 6f 73 6f 66 74 10 01', // opset com.microsoft 1
    ];
    expect(Buffer.from(graph.encode()).toString('hex')).toBe(parts.join('').replaceAll(' ', ''));
  });

  it('writes each kind of attribute under its field and type', () => {
    const [integer, text, float, list] = attributesOf({
      axis: -1,
      mode: 'linear',
      epsilon: { float: 1e-6 },
      perm: [0, 2, -1],
    }) as [ProtoReader, ProtoReader, ProtoReader, ProtoReader];
    // AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20 (FLOAT 1, INT 2, STRING 3, INTS 7).
    expect([integer.strings(1), integer.integers(3), integer.integers(20)]).toEqual([['axis'], [-1], [2]]);
    expect([text.strings(1), text.strings(4), text.integers(20)]).toEqual([['mode'], ['linear'], [3]]);
    expect([float.floats(2), float.integers(20)]).toEqual([[Math.fround(1e-6)], [1]]);
    expect([list.integers(8), list.integers(20)]).toEqual([[0, 2, -1], [7]]);
  });

  it('stores constants raw, with their element type and dims', () => {
    const graph = new GraphBuilder();
    graph.int64s(-1, 5);
    graph.float(0.5);
    graph.constant('half', 'float16', [1, 2], new Uint8Array([0, 60, 0, 64]));
    const tensors = new ProtoReader(graph.encode()).message(7).messages(5);
    // TensorProto: dims 1, data_type 2, name 8, raw_data 9; INT64 7, FLOAT 1, FLOAT16 10.
    expect(tensors.map((tensor) => tensor.integers(1))).toEqual([[2], [], [1, 2]]);
    expect(tensors.map((tensor) => tensor.integers(2))).toEqual([[7], [1], [10]]);
    expect(tensors.map((tensor) => Buffer.from(tensor.bytes(9)[0] as Uint8Array).toString('hex'))).toEqual([
      'ffffffffffffffff0500000000000000',
      '0000003f',
      '003c0040',
    ]);
    expect(new Set(tensors.flatMap((tensor) => tensor.strings(8))).size).toBe(3);
  });

  it('stores a constant once for all uses of its values, in a graph and in a body each for itself', () => {
    const graph = new GraphBuilder();
    const body = graph.body();
    const made = [graph, body, graph, body].flatMap((builder) => [
      builder.int64s(1),
      builder.int64s(1, 2),
      builder.float(1),
      builder.float(-0),
      builder.float(0),
    ]);
    expect(made.slice(10)).toEqual(made.slice(0, 10));
    expect(new Set(made).size).toBe(10);
    for (const builder of [graph, body])
      expect(new ProtoReader(builder.proto().encode()).messages(5)).toHaveLength(5);
  });

  it('names contributed operators’ domain, and keeps the place of omitted inputs and outputs', () => {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float32', [1]);
    const [first, missing, third] = graph.contribAll('Op', [x, NONE, x], {}, [true, false, true]);
    expect(missing).toBe(NONE);
    graph.output('last', third as typeof x, 'float32', [1]);
    const node = new ProtoReader(graph.encode()).message(7).message(1);
    expect(node.strings(7)).toEqual(['com.microsoft']);
    expect(node.strings(1)).toEqual(['x', '', 'x']);
    expect(node.strings(2)).toEqual([first, '', 'last']);
  });

  it('runs: an output goes out under its name, also where a later node reads it', async () => {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float32', ['n']);
    const negative = graph.op('Neg', [x]);
    graph.output('negative', negative, 'float32', ['n']);
    graph.output('scaled', graph.op('Mul', [negative, graph.float(0.5)]), 'float32', ['n']);
    const [head, tail] = graph.opAll('Split', [x], { axis: -1, num_outputs: 2 }, 2);
    graph.output('head', head as typeof x, 'float32', ['m']);
    graph.output('tail', tail as typeof x, 'float32', ['m']);
    const result = await runModel(graph.encode(), { x: float32([4], [1, -2, 3, 4]) });
    expect([...result('negative')]).toEqual([-1, 2, -3, -4]);
    expect([...result('scaled')]).toEqual([-0.5, 1, -1.5, -2]);
    expect([...result('head'), ...result('tail')]).toEqual([1, -2, 3, 4]);
  });

  it('writes the body of a node as a graph of its own, which takes values from around it under the names they go out under', async () => {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float32', ['n']);
    const step = graph.op('Mul', [x, graph.float(10)]);
    graph.output('step', step, 'float32', ['n']);
    const body = graph.body();
    body.input('iteration', 'int64', []);
    const going = body.input('going', 'bool', []);
    const sum = body.op('Add', [body.input('sum', 'float32', ['n']), step]);
    body.output('going_out', body.op('Identity', [going]), 'bool', []);
    body.output('sum_out', sum, 'float32', ['n']);
    const times = graph.constant('times', 'int64', [], new Uint8Array(BigInt64Array.of(3n).buffer));
    graph.output('total', graph.op('Loop', [times, NONE, x], { body: { graph: body } }), 'float32', ['n']);
    const nodes = new ProtoReader(graph.encode()).message(7).messages(1);
    // AttributeProto: g 6, type GRAPH 5.
    const attribute = nodes.at(-1)?.message(5) as ProtoReader;
    expect([attribute.strings(1), attribute.integers(20)]).toEqual([['body'], [5]]);
    expect(attribute.message(6).message(1).strings(1)).toEqual(['sum', 'step']);
    const result = await runModel(graph.encode(), { x: float32([2], [1, -2]) });
    expect([...result('total')]).toEqual([31, -62]);
  });

  it('refuses to put one value out under two names, or an input as it is', () => {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float32', [1]);
    const y = graph.op('Neg', [x]);
    graph.output('a', y, 'float32', [1]);
    expect(() => graph.output('b', y, 'float32', [1])).toThrow(RangeError);
    expect(() => graph.output('c', x, 'float32', [1])).toThrow(RangeError);
  });
});
