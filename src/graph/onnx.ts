/**
 * A writer for ONNX models: nodes, inputs, outputs, constants, bodies of nodes, nothing else. Field numbers are those of
 * onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 */
import { ProtoMessage } from './protobuf.ts';

/** ONNX TensorProto.DataType codes of the element types our graphs use. */
const ELEMENT_TYPE = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10 } as const;

export type ElementType = keyof typeof ELEMENT_TYPE;

/** A fixed extent, or the name of one that each run decides. */
export type Dimension = number | string;

/** The name of a value (edge) in the graph under construction. */
export type Value = string & { readonly __brand: 'Value' };

/** An omitted optional input or output. */
export const NONE = '' as Value;

export type Attribute =
  number | string | readonly number[] | { readonly float: number } | { readonly graph: GraphBuilder };
export type Attributes = Readonly<Record<string, Attribute>>;

/** Contributed operators of onnxruntime. */
const MICROSOFT = 'com.microsoft';
const OPSETS = [
  ['', 23],
  [MICROSOFT, 1],
] as const;
/** The IR version current when opset 23 came out needs onnxruntime ≥ 1.21; 10 is read by all that know it. */
const IR_VERSION = 10;

export interface TensorInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly Dimension[];
}

interface Node {
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

/** Collects a graph in topological order; `encode` gives the ModelProto. */
export class GraphBuilder {
  readonly inputs: TensorInfo[] = [];
  readonly outputs: TensorInfo[] = [];
  readonly #nodes: Node[] = [];
  readonly #initializers: ProtoMessage[] = [];
  /** Constants made here for their values, by type and bytes. */
  readonly #constants = new Map<string, Value>();
  /** Values that are graph outputs, by the name they go out under. */
  readonly #exported = new Map<Value, string>();
  /** The graph this one is the body of a node in. */
  readonly #outer: GraphBuilder | undefined;
  #serial = 0;

  constructor(outer?: GraphBuilder) {
    this.#outer = outer;
  }

  /**
   * The body of a node of this graph, such as `Loop`, given to it as an attribute `{ graph }`. Its nodes may take values of this graph, and its
   * names are none of this graph's.
   */
  body(): GraphBuilder {
    return new GraphBuilder(this);
  }

  input(name: string, type: ElementType, dims: readonly Dimension[]): Value {
    this.inputs.push({ name, type, dims });
    return name as Value;
  }

  /**
   * Declares a node's result as a graph output called `name`.
   *
   * @throws RangeError for a value that already goes out under a name, or that is a graph input: a value has one name.
   */
  output(name: string, value: Value, type: ElementType, dims: readonly Dimension[]): void {
    if (this.#exported.has(value) || this.inputs.some((input) => input.name === value)) {
      throw new RangeError(`${value} cannot go out as ${name}`);
    }
    this.#exported.set(value, name);
    this.outputs.push({ name, type, dims });
  }

  /** A constant stored in the model. `bytes` is little-endian, row-major. */
  constant(name: string, type: ElementType, dims: readonly number[], bytes: Uint8Array): Value {
    const tensor = new ProtoMessage();
    for (const dim of dims) tensor.integer(1, dim);
    tensor.integer(2, ELEMENT_TYPE[type]).string(8, name).bytes(9, bytes);
    this.#initializers.push(tensor);
    return name as Value;
  }

  /** A 1-D int64 constant, as shapes, axes and indices want it; one for all uses of the same values. */
  int64s(...values: number[]): Value {
    return this.#shared('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** A scalar float32 constant; one for all uses of the same value. */
  float(value: number): Value {
    return this.#shared('float32', [], Float32Array.of(value));
  }

  /** Adds a standard ONNX node with one output and returns it. */
  op(type: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.#node('', type, inputs, attributes, [this.#fresh(type)])[0] as Value;
  }

  /** Adds a standard ONNX node with `count` outputs. */
  opAll(type: string, inputs: readonly Value[], attributes: Attributes, count: number): readonly Value[] {
    const outputs = Array.from({ length: count }, () => this.#fresh(type));
    return this.#node('', type, inputs, attributes, outputs);
  }

  /** Adds a node of onnxruntime's contributed domain with one output and returns it. */
  contrib(type: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.contribAll(type, inputs, attributes, [true])[0] as Value;
  }

  /** As `contrib` with several outputs; those not `wanted` are left out. */
  contribAll(
    type: string,
    inputs: readonly Value[],
    attributes: Attributes,
    wanted: readonly boolean[],
  ): readonly Value[] {
    const outputs = wanted.map((want) => (want ? this.#fresh(type) : NONE));
    return this.#node(MICROSOFT, type, inputs, attributes, outputs);
  }

  encode(): Uint8Array {
    const model = new ProtoMessage()
      .integer(1, IR_VERSION)
      .string(2, 'frankenscope')
      .message(7, this.proto());
    for (const [domain, version] of OPSETS) {
      model.message(8, new ProtoMessage().string(1, domain).integer(2, version));
    }
    return model.encode();
  }

  /** The GraphProto. */
  proto(): ProtoMessage {
    const rename = (value: Value): string => this.#named(value);
    const graph = new ProtoMessage();
    this.#nodes.forEach((node, index) => {
      const proto = new ProtoMessage();
      for (const input of node.inputs) proto.string(1, rename(input));
      for (const output of node.outputs) proto.string(2, rename(output));
      proto.string(3, `${node.type}_node_${index}`).string(4, node.type);
      for (const [name, value] of Object.entries(node.attributes)) proto.message(5, attribute(name, value));
      if (node.domain !== '') proto.string(7, node.domain);
      graph.message(1, proto);
    });
    graph.string(2, 'frankenscope');
    for (const tensor of this.#initializers) graph.message(5, tensor);
    for (const input of this.inputs) graph.message(11, valueInfo(input));
    for (const output of this.outputs) graph.message(12, valueInfo(output));
    return graph;
  }

  /** The name that a value has in the encoded graph. */
  #named(value: Value): string {
    return this.#exported.get(value) ?? (this.#outer ? this.#outer.#named(value) : value);
  }

  #shared(type: ElementType, dims: readonly number[], { buffer }: BigInt64Array | Float32Array): Value {
    const bytes = new Uint8Array(buffer);
    const key = `${type} ${bytes.join()}`;
    const known = this.#constants.get(key) ?? this.constant(this.#fresh(type), type, dims, bytes);
    this.#constants.set(key, known);
    return known;
  }

  #fresh(stem: string): Value {
    if (this.#outer) return this.#outer.#fresh(stem);
    this.#serial += 1;
    return `${stem}_${this.#serial}` as Value;
  }

  #node(
    domain: string,
    type: string,
    inputs: readonly Value[],
    attributes: Attributes,
    outputs: readonly Value[],
  ): readonly Value[] {
    this.#nodes.push({ domain, type, inputs, attributes, outputs });
    return outputs;
  }
}

/** AttributeProto.type codes. */
const FLOAT = 1;
const INT = 2;
const STRING = 3;
const GRAPH = 5;
const INTS = 7;

function attribute(name: string, value: Attribute): ProtoMessage {
  const proto = new ProtoMessage().string(1, name);
  if (typeof value === 'number') return proto.integer(3, value).integer(20, INT);
  if (typeof value === 'string') return proto.string(4, value).integer(20, STRING);
  if ('float' in value) return proto.float(2, value.float).integer(20, FLOAT);
  if ('graph' in value) return proto.message(6, value.graph.proto()).integer(20, GRAPH);
  for (const item of value) proto.integer(8, item);
  return proto.integer(20, INTS);
}

function valueInfo({ name, type, dims }: TensorInfo): ProtoMessage {
  const shape = new ProtoMessage();
  for (const dim of dims) {
    const extent = new ProtoMessage();
    shape.message(1, typeof dim === 'number' ? extent.integer(1, dim) : extent.string(2, dim));
  }
  const tensor = new ProtoMessage().integer(1, ELEMENT_TYPE[type]).message(2, shape);
  return new ProtoMessage().string(1, name).message(2, new ProtoMessage().message(1, tensor));
}
