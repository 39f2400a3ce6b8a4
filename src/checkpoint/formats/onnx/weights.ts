/** The weights of a graph, found by the nodes that use them: products, look-ups, norms, sums with a bias. */
import { NamedError } from '../../../named-error.ts';
import { listing } from '../../listing.ts';
import { type Constant, constantOf, tensorNamed } from './constants.ts';
import { affineEncodable, encodable, type Encodable, integerType, invalid, unread } from './encodable.ts';
import type { OnnxGraph, OnnxNode } from './graph.ts';
import { isComputedTable, moduleOfNode, moduleOfTensor } from './names.ts';
import { floatDtype, type OnnxTensor, UINT8 } from './tensor.ts';

export interface GraphWeights {
  /** By the name that a checkpoint stores them under, in the spelling of transformers up to 4.51. */
  readonly weights: ReadonlyMap<string, Encodable>;
  /** Tensors with as many values as a weight that nothing uses as one. */
  readonly unused: readonly string[];
}

/** One use of a tensor as a parameter of a module. */
interface Use {
  readonly parameter: 'weight' | 'bias';
  /** The tensor whose own name may say which it is. */
  readonly tensor: OnnxTensor;
  readonly read: () => Encodable;
  /** Where a name that nobody can tell is an error: a product with a matrix is nothing but a weight. */
  readonly certain: boolean;
  /** A product by value is a norm's; that of a quantized module with its scales is none. */
  readonly normOnly?: boolean;
}

const NORM = /(norm\d?|ln_q)$/;

/** Fewer values than the smallest projection of any published model. */
const WEIGHT_ELEMENTS = 4096;

/**
 * @param lookup what the graph's only look-up is, where neither its node nor its tensor has a name
 * @throws NamedError `OnnxWeights`, listing the weights that no name leads to; those of `encodable`
 */
export function weightsOf(graphs: readonly OnnxGraph[], lookup: string | null): GraphWeights {
  const weights = new Map<string, { tensor: OnnxTensor; value: Encodable }>();
  const used = new Set<string>();
  const nameless: string[] = [];
  for (const graph of graphs) {
    const found = new Uses(graph);
    for (const node of graph.nodes) {
      for (const use of found.of(node)) {
        const fallback = isLookup(node) ? lookup : null;
        const module = moduleOfNode(node.name, node.scopes) ?? moduleOfTensor(use.tensor.name) ?? fallback;
        if (module !== null && use.normOnly && !NORM.test(module)) continue;
        if (module === null) {
          if (use.certain && !isComputedTable(node.name) && !isComputedTable(use.tensor.name)) {
            nameless.push(`${use.tensor.name} of ${node.name === '' ? node.op : node.name}`);
            used.add(use.tensor.name);
          }
          continue;
        }
        used.add(use.tensor.name);
        const name = `${module}.${use.parameter}`;
        const before = weights.get(name);
        if (before === undefined) weights.set(name, { tensor: use.tensor, value: use.read() });
        else if (before.tensor !== use.tensor) throw twice(graph.file, name, before.tensor, use.tensor);
      }
    }
  }
  const [file = ''] = graphs.map((graph) => graph.file);
  if (nameless.length > 0) throw unnamed(file, nameless);
  return {
    weights: new Map([...weights].map(([name, { value }]) => [name, value])),
    unused: graphs
      .flatMap(({ tensors }) => [...tensors.values()])
      .filter((tensor) => isLarge(tensor, used))
      .map(({ name }) => name),
  };
}

function isLookup({ op }: OnnxNode): boolean {
  return op === 'Gather' || op === 'GatherBlockQuantized';
}

function isLarge({ name, dims, type }: OnnxTensor, used: ReadonlySet<string>): boolean {
  const elements = dims.reduce((product, dim) => product * dim, 1);
  return (
    dims.length > 1 &&
    elements >= WEIGHT_ELEMENTS &&
    floatDtype(type) !== null &&
    !used.has(name) &&
    !isComputedTable(name)
  );
}

/** What each kind of node takes as parameters. */
class Uses {
  readonly #graph: OnnxGraph;
  readonly #users = new Map<string, OnnxNode[]>();

  constructor(graph: OnnxGraph) {
    this.#graph = graph;
    for (const node of graph.nodes) {
      for (const input of node.inputs) {
        const users = this.#users.get(input);
        if (users) users.push(node);
        else this.#users.set(input, [node]);
      }
    }
  }

  of(node: OnnxNode): readonly Use[] {
    const [first, second, third, fourth, fifth, sixth] = node.inputs;
    switch (node.op) {
      case 'MatMul':
      case 'FusedMatMul':
        return this.#product(node, second, node.numbers.get('transB') !== 1);
      case 'Gemm':
        return [
          ...this.#product(node, second, node.numbers.get('transB') !== 1),
          ...this.#vector('bias', third),
        ];
      case 'MatMulNBits':
        return [...this.#nbits(node), ...this.#vector('bias', sixth)];
      case 'MatMulBnb4':
        throw unread(this.#graph.file, second ?? '', 'NF4 and FP4 of ONNX (MatMulBnb4) are not read');
      case 'MatMulInteger':
      case 'ConvInteger':
        return this.#integers(node, second, this.#scaleAfter(node), fourth);
      case 'DynamicQuantizeMatMul':
        return [...this.#integers(node, second, third, fourth), ...this.#vector('bias', fifth)];
      case 'MatMulIntegerToFloat':
        return [...this.#integers(node, second, fourth, sixth), ...this.#vector('bias', node.inputs[6])];
      case 'Gather':
        return this.#lookup(node, first);
      case 'GatherBlockQuantized':
        return this.#blockLookup(node);
      case 'Conv':
        return [...this.#whole('weight', second, false), ...this.#vector('bias', third)];
      case 'Mul':
        return [first, second]
          .flatMap((input) => this.#vector('weight', input))
          .map((use) => ({ ...use, normOnly: true }));
      case 'Add':
        return [...this.#vector('bias', first), ...this.#vector('bias', second)];
      case 'SimplifiedLayerNormalization':
      case 'RMSNormalization':
      case 'LayerNormalization':
        return [...this.#vector('weight', second), ...this.#vector('bias', third)];
      case 'SkipSimplifiedLayerNormalization':
      case 'SkipLayerNormalization':
        return [
          ...this.#vector('weight', third),
          ...(node.op === 'SkipLayerNormalization' ? this.#vector('bias', fourth) : []),
        ];
      default:
        return [];
    }
  }

  #use(
    parameter: Use['parameter'],
    tensor: OnnxTensor,
    read: () => Encodable,
    certain = true,
  ): readonly Use[] {
    return [{ parameter, tensor, read, certain }];
  }

  #whole(parameter: Use['parameter'], name: string | undefined, transposed: boolean): readonly Use[] {
    const constant = constantOf(this.#graph, name);
    if (!constant) return [];
    return this.#use(
      parameter,
      constant.tensor,
      () => encodable(this.#graph.file, constant, transposed),
      isMatrix(constant),
    );
  }

  #product(node: OnnxNode, name: string | undefined, transposed: boolean): readonly Use[] {
    const constant = constantOf(this.#graph, name);
    if (!constant || !isMatrix(constant)) return [];
    const factor = node.numbers.get('alpha') ?? 1;
    if (factor !== 1 || (node.numbers.get('beta') ?? 1) !== 1) {
      throw invalid(this.#graph.file, constant.tensor.name, `the graph multiplies its product by ${factor}`);
    }
    return this.#whole('weight', name, transposed);
  }

  /** One value a channel: a bias, the weight of a norm. Scalars and masks are none. */
  #vector(parameter: Use['parameter'], name: string | undefined): readonly Use[] {
    const constant = constantOf(this.#graph, name);
    if (
      !constant ||
      constant.tensor.dims.length !== 1 ||
      constant.quantized ||
      !floatDtype(constant.tensor.type)
    )
      return [];
    return this.#use(parameter, constant.tensor, () => encodable(this.#graph.file, constant, false), false);
  }

  #nbits(node: OnnxNode): readonly Use[] {
    const { file } = this.#graph;
    const [, codesName, scalesName, zerosName, order] = node.inputs;
    const codes = tensorNamed(this.#graph, codesName);
    const scales = tensorNamed(this.#graph, scalesName);
    if (!codes || !scales)
      throw invalid(file, codesName ?? node.name, 'MatMulNBits has codes or scales that are not stored');
    const block = node.numbers.get('block_size') ?? 0;
    const [rows, columns] = [node.numbers.get('N') ?? 0, node.numbers.get('K') ?? 0];
    const bits: number = node.numbers.get('bits') ?? 4;
    if (order !== undefined && order !== '')
      throw unread(file, codes.name, 'groups in another order than the columns (g_idx) are not read');
    if ((node.numbers.get('weight_prepacked') ?? 0) !== 0)
      throw unread(file, codes.name, 'codes in the order of one GPU (weight_prepacked) are not read');
    if (!isBits(bits)) throw unread(file, codes.name, `${bits} bits are not read; 2, 4 and 8 are`);
    if (block < 16 || !Number.isInteger(Math.log2(block)))
      throw invalid(file, codes.name, `its blocks of ${block} are none of MatMulNBits`);
    const blocks = Math.ceil(columns / block);
    const layout = {
      ...{
        codes,
        scales,
        zeros: this.#zeros(codes, zerosName),
        bits,
        signed: false,
        rows,
        columns,
        pitch: blocks * block,
      },
      ...{ rowBlock: 1, columnBlock: block, defaultZero: 2 ** (bits - 1), transposed: false },
      zeroPitch: (Math.ceil((blocks * bits) / 8) * 8) / bits,
    } as const;
    return this.#use('weight', codes, () => affineEncodable(file, layout));
  }

  /** @throws NamedError where they are named and not stored: they are not taken for none */
  #zeros(codes: OnnxTensor, name: string | undefined): OnnxTensor | null {
    const zeros = tensorNamed(this.#graph, name);
    if (zeros || name === undefined || name === '') return zeros;
    throw invalid(this.#graph.file, codes.name, `its zero points, ${name}, are not stored`);
  }

  /** `[K, N]` of 8 bits, or a filter; one scale in all, or one a column or filter. */
  #integers(
    node: OnnxNode,
    codesName: string | undefined,
    scaleName: string | undefined,
    zeroName: string | undefined,
  ): readonly Use[] {
    const codes = tensorNamed(this.#graph, codesName);
    if (!codes) return [];
    const scale = tensorNamed(this.#graph, scaleName);
    if (!scale) throw invalid(this.#graph.file, codes.name, `${node.op} has no scale that is stored`);
    const filter = node.op === 'ConvInteger';
    const quantized = { scale, zero: this.#zeros(codes, zeroName), axis: filter ? 0 : 1, block: 0 };
    const constant: Constant = { tensor: codes, quantized, transposed: false, reshaped: false };
    return this.#use('weight', codes, () => encodable(this.#graph.file, constant, !filter));
  }

  /** The stored scale that a product of integers is multiplied by: its sum goes through a cast to a product with both sides' scales. */
  #scaleAfter({ outputs }: OnnxNode): string | undefined {
    for (const cast of this.#usersOf(outputs[0])) {
      for (const product of this.#usersOf(cast.outputs[0])) {
        const makers = product.inputs.map((input) => this.#graph.makers.get(input));
        for (const maker of makers) {
          const scale =
            maker?.op === 'Mul' ? maker.inputs.find((input) => tensorNamed(this.#graph, input)) : undefined;
          if (scale !== undefined) return scale;
        }
      }
    }
    return undefined;
  }

  #usersOf(value: string | undefined): readonly OnnxNode[] {
    return this.#users.get(value ?? '') ?? [];
  }

  #lookup(node: OnnxNode, name: string | undefined): readonly Use[] {
    const constant = constantOf(this.#graph, name);
    if (!constant || constant.tensor.dims.length !== 2 || (node.numbers.get('axis') ?? 0) !== 0) return [];
    const { file } = this.#graph;
    if (constant.quantized || floatDtype(constant.tensor.type)) {
      return this.#use('weight', constant.tensor, () => encodable(file, constant, false), false);
    }
    // Codes are looked up first and scaled afterwards.
    const scaling = this.#usersOf(node.outputs[0]).find(({ op }) => op === 'DequantizeLinear');
    const scale = tensorNamed(this.#graph, scaling?.inputs[1]);
    if (!scaling || !scale) return [];
    const one = scale.dims.reduce((product, dim) => product * dim, 1) === 1;
    if (!one)
      throw unread(
        file,
        constant.tensor.name,
        'rows that are scaled after they are looked up, by more than one scale, are not read',
      );
    const quantized = { scale, zero: this.#zeros(constant.tensor, scaling.inputs[2]), axis: 1, block: 0 };
    return this.#use(
      'weight',
      constant.tensor,
      () => encodable(file, { ...constant, quantized }, false),
      false,
    );
  }

  #blockLookup(node: OnnxNode): readonly Use[] {
    const { file } = this.#graph;
    const constant = constantOf(this.#graph, node.inputs[0]);
    const scales = tensorNamed(this.#graph, node.inputs[2]);
    if (!constant || !scales) return [];
    const codes = constant.tensor;
    const [axis, along] = [node.numbers.get('gather_axis') ?? 0, node.numbers.get('quantize_axis') ?? 1];
    if (constant.transposed || axis !== 0 || (along !== 1 && along !== -1))
      throw unread(file, codes.name, 'a look-up along other dimensions is not read');
    const bytes = codes.type === UINT8;
    const bits: number = bytes ? (node.numbers.get('bits') ?? 4) : integerType(file, codes).bits;
    if (!isBits(bits)) throw unread(file, codes.name, `${bits} bits are not read; 2, 4 and 8 are`);
    const block = node.numbers.get('block_size') ?? 128;
    if (block < 1) throw invalid(file, codes.name, `blocks of ${block} hold nothing`);
    const [rows = 0, ...rest] = codes.dims;
    const columns = rest.reduce((product, dim) => product * dim, 1) * (bytes ? 8 / bits : 1);
    const blocks = Math.ceil(columns / block);
    const layout = {
      ...{ codes, scales, zeros: this.#zeros(codes, node.inputs[3]), bits, rows, columns, pitch: columns },
      ...{
        signed: !bytes && integerType(file, codes).signed,
        rowBlock: 1,
        columnBlock: block,
        transposed: false,
      },
      defaultZero: bytes ? 2 ** (bits - 1) : 0,
      zeroPitch: bytes ? (Math.ceil((blocks * bits) / 8) * 8) / bits : blocks,
    } as const;
    return this.#use('weight', codes, () => affineEncodable(file, layout));
  }
}

function isBits(bits: number): bits is 2 | 4 | 8 {
  return bits === 2 || bits === 4 || bits === 8;
}

function isMatrix({ tensor }: Constant): boolean {
  return tensor.dims.length >= 2 && tensor.dims.filter((dim) => dim > 1).length >= 2;
}

function twice(file: string, name: string, one: OnnxTensor, other: OnnxTensor): NamedError {
  return new NamedError(
    'DuplicateTensor',
    `${one.name} and ${other.name} are both ${name} by the nodes that use them`,
    { file, tensor: other.name },
    'export the model with a name of its own for each module',
  );
}

function unnamed(file: string, nameless: readonly string[]): NamedError {
  return new NamedError(
    'OnnxWeights',
    `nothing says which weights of the model ${nameless.length === 1 ? 'this is' : 'these are'}: ${listing(nameless)}`,
    { file },
    'export the model with the names of its modules (optimum and torch.onnx keep them; optimizers that fuse nodes drop them), or open the Hugging Face checkpoint that it was exported from',
  );
}
