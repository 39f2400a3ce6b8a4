/** ModelProto: the tensors and nodes of a graph, and of the graphs inside it. Field numbers are those of onnx.proto3. */
import type { CheckpointFiles } from '../../byte-source.ts';
import type { ByteSource } from '../../byte-source.ts';
import { MAX_NAME_CHARACTERS, overLimit } from '../../limits.ts';
import { NamedError } from '../../../named-error.ts';
import { DELIMITED, FOUR_BYTES, type Field, MessageReader } from './protobuf.ts';
import { type OnnxTensor, readEntry, readTensor } from './tensor.ts';

export interface OnnxNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that are whole numbers or fractions. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly perm: readonly number[] | null;
  /** The modules it was exported from, the outermost first; of torch's newer exporter. */
  readonly scopes: readonly string[];
}

/** One graph; what is not in it is looked for in the one around it. */
export interface OnnxGraph {
  readonly file: string;
  readonly outer: OnnxGraph | null;
  readonly tensors: Map<string, OnnxTensor>;
  readonly nodes: OnnxNode[];
  /** The node that makes a value. */
  readonly makers: Map<string, OnnxNode>;
}

/** A published graph of 36 layers has some 4,000, one of torch's raw exports 10,000. */
const MAX_NODES = 100_000;
/** Names of nodes and of values, which have to be kept. */
const MAX_NAME_BYTES = 2 ** 24;
const MAX_VALUES = 64;
/** What decides how weights are read; other attributes may hold any number. */
const READ_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...[
    'K',
    'N',
    'alpha',
    'axis',
    'beta',
    'bits',
    'block_size',
    'gather_axis',
    'quantize_axis',
    'to',
    'transA',
    'transB',
  ],
  'weight_prepacked',
]);
const SCOPES = 'pkg.torch.onnx.name_scopes';

/**
 * Reads the structure of a model and none of its weights.
 *
 * @returns every graph, the outermost first
 * @throws NamedError those of `MessageReader` and `readTensor`
 */
export async function readGraphs(
  file: string,
  source: ByteSource,
  files: CheckpointFiles,
  signal?: AbortSignal,
): Promise<readonly OnnxGraph[]> {
  const reading = new GraphReading(new MessageReader(source, file), files, signal);
  await reading.reader.walk({ start: 0, end: source.size }, 0, async (field) => {
    if (field.number === 7 && field.wire === DELIMITED) await reading.graph(field, 1, null);
  });
  if (reading.graphs.length > 0) return reading.graphs;
  throw new NamedError('InvalidOnnx', 'there is no graph in it', { file }, 'download the file again');
}

class GraphReading {
  readonly graphs: OnnxGraph[] = [];
  readonly reader: MessageReader;
  readonly #files: CheckpointFiles;
  readonly #signal: AbortSignal | undefined;
  #nodes = 0;
  #nameBytes = 0;

  constructor(reader: MessageReader, files: CheckpointFiles, signal?: AbortSignal) {
    this.reader = reader;
    this.#files = files;
    this.#signal = signal;
  }

  async graph(field: Field, depth: number, outer: OnnxGraph | null): Promise<void> {
    const { file } = this.reader;
    const graph: OnnxGraph = { file, outer, tensors: new Map(), nodes: [], makers: new Map() };
    this.graphs.push(graph);
    await this.reader.walk(field, depth, async (inner) => {
      if (inner.number === 1) await this.#node(inner, depth + 1, graph);
      else if (inner.number === 5) await this.#initializer(inner, depth + 1, graph);
      else if (inner.number === 15) {
        throw new NamedError(
          'OnnxWeights',
          'a weight is stored sparse',
          { file },
          'export the model with dense weights',
        );
      }
    });
  }

  async #initializer(field: Field, depth: number, graph: OnnxGraph): Promise<void> {
    this.#count();
    const tensor = await readTensor(this.reader, field, depth, this.#files);
    this.#nameBytes += tensor.name.length;
    if (graph.tensors.has(tensor.name)) {
      const place = { file: graph.file, tensor: tensor.name };
      throw new NamedError(
        'DuplicateTensor',
        'the graph has two tensors of this name',
        place,
        'export the model anew',
      );
    }
    graph.tensors.set(tensor.name, tensor);
  }

  async #node(field: Field, depth: number, graph: OnnxGraph): Promise<void> {
    this.#count();
    this.#signal?.throwIfAborted();
    let [name, op] = ['', ''];
    let scopes: readonly string[] = [];
    const [inputs, outputs] = [[] as string[], [] as string[]];
    const attributes = new Attributes();
    await this.reader.walk(field, depth, async (inner) => {
      if (inner.number === 1) inputs.push(await this.#name(inner));
      else if (inner.number === 2) outputs.push(await this.#name(inner));
      else if (inner.number === 3) name = await this.#name(inner);
      else if (inner.number === 4) op = await this.#name(inner);
      else if (inner.number === 5) await this.#attribute(inner, depth + 1, graph, attributes);
      else if (inner.number === 9) {
        const [key, value] = await readEntry(this.reader, inner, depth + 1);
        if (key === SCOPES) scopes = [...value.matchAll(/'([^']*)'/g)].map(([, scope]) => scope ?? '');
      }
    });
    if (inputs.length > MAX_VALUES && op !== 'Concat') inputs.length = MAX_VALUES;
    const { numbers, perm, tensor } = attributes;
    const node = { op, name, inputs, outputs, numbers, perm, scopes };
    const [output] = outputs;
    if (op === 'Constant' && tensor && output !== undefined)
      graph.tensors.set(output, { ...tensor, name: output });
    else graph.nodes.push(node);
    for (const value of outputs) if (value !== '') graph.makers.set(value, node);
  }

  async #attribute(field: Field, depth: number, graph: OnnxGraph, out: Attributes): Promise<void> {
    let name = '';
    let number: number | null = null;
    let tensor: OnnxTensor | null = null;
    const list: number[] = [];
    await this.reader.walk(field, depth, async (inner) => {
      if (inner.number === 1) name = await this.#name(inner);
      else if (inner.number === 2 && inner.wire === FOUR_BYTES) {
        const bytes = await this.reader.bytes(inner);
        number = new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
      } else if (inner.number === 3 && READ_ATTRIBUTES.has(name)) number = await this.reader.integer(inner);
      else if (inner.number === 5 && name === 'value')
        tensor = await readTensor(this.reader, inner, depth + 1, this.#files);
      else if (inner.number === 6 || inner.number === 11) await this.graph(inner, depth + 1, graph);
      else if (inner.number === 8 && name === 'perm' && list.length < MAX_VALUES) {
        list.push(...(await this.reader.integers(inner, MAX_VALUES)));
      }
    });
    if (number !== null && READ_ATTRIBUTES.has(name)) out.numbers.set(name, number);
    if (name === 'perm') out.perm = list;
    if (tensor !== null) out.tensor = tensor;
  }

  async #name(field: Field): Promise<string> {
    this.#nameBytes += field.end - field.start;
    if (this.#nameBytes > MAX_NAME_BYTES) {
      throw overLimit('bytes of names', this.#nameBytes, MAX_NAME_BYTES, { file: this.reader.file });
    }
    return this.reader.text(field, MAX_NAME_CHARACTERS);
  }

  #count(): void {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES)
      throw overLimit('nodes and tensors', this.#nodes, MAX_NODES, { file: this.reader.file });
  }
}

class Attributes {
  readonly numbers = new Map<string, number>();
  perm: readonly number[] | null = null;
  tensor: OnnxTensor | null = null;
}
