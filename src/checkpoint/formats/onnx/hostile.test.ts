/** Graphs that are damaged, hostile or not understood: each is refused by name, before anything is allocated for it. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ByteSource, CheckpointFiles } from '../../byte-source.ts';
import { failureOf, folder } from '../../testing/files.ts';
import { seededRandom } from '../../../work/seeded-random.ts';
import { DecodedFolder } from '../decoded-folder.ts';
import { matrixOf } from '../encoded.ts';
import { readableFolder } from '../open.ts';
import { TensorReader } from '../tensor-reader.ts';
import { fuzzed, FUZZ_TIMEOUT } from '../testing/fuzz.ts';
import { spliced } from '../testing/spliced.ts';
import { encode, external, model, node, type Proto, tensor } from './testing/model.ts';

const CONFIG = '{"num_attention_heads":2,"num_key_value_heads":1,"hidden_size":32}';
const FLOAT = 1;
const UINT8 = 2;
const DATA = 'model.onnx_data';
const MATMUL = '/model/layers.0/mlp/up_proj/MatMul';
const FORTY = new Uint8Array(40);

function files(bytes: Uint8Array<ArrayBuffer>): CheckpointFiles {
  return new Map([
    ['config.json', inMemory(new TextEncoder().encode(CONFIG))],
    ['model.onnx', inMemory(bytes)],
    [DATA, inMemory(new Uint8Array(64))],
  ]);
}

/** Quicker to read than a `File`: a million of them are. */
function inMemory(bytes: Uint8Array<ArrayBuffer>): ByteSource {
  const slice = (start: number, end: number) => ({
    arrayBuffer: () => Promise.resolve(bytes.slice(start, end).buffer),
  });
  return { name: 'file', size: bytes.length, slice };
}

/** A graph of one product, whose matrix is this. */
function withWeight(weight: Proto): Uint8Array<ArrayBuffer> {
  const graph: Proto = [
    [1, node('MatMul', MATMUL, ['x', 'w'])],
    [5, weight],
  ];
  return encode(model(graph));
}

function withExternal(entries: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  return withWeight(tensor('w', FLOAT, [2, 5], null, external(entries)));
}

/** MatMulNBits of 4 bits in blocks of 16: 2 rows of 20 columns. */
function nbits(
  change: Readonly<Record<string, number>> = {},
  more: readonly string[] = [],
): Uint8Array<ArrayBuffer> {
  const numbers = { K: 20, N: 2, bits: 4, block_size: 16, ...change };
  const graph: Proto = [
    [1, node('MatMulNBits', MATMUL, ['x', 'codes', 'scales', ...more], numbers)],
    [5, tensor('codes', UINT8, [2, 2, 8], new Uint8Array(32))],
    [5, tensor('scales', FLOAT, [4], new Uint8Array(16))],
    [5, tensor('zeros', FLOAT, [4], new Uint8Array(16))],
    [5, tensor('order', 6, [20], new Uint8Array(80))],
  ];
  return encode(model(graph));
}

/** Graphs in attributes of nodes, one in the other. */
function nested(depth: number): Proto {
  let graph: Proto = [[2, 'innermost']];
  for (let level = 0; level < depth; level += 1) {
    const attribute: Proto = [
      [1, 'then_branch'],
      [6, graph],
    ];
    const choice: Proto = [
      [4, 'If'],
      [5, attribute],
    ];
    graph = [[1, choice]];
  }
  return model(graph);
}

/** A model whose graph is these bytes. */
function raw(...bytes: readonly number[]): Uint8Array<ArrayBuffer> {
  return encode([[7, Uint8Array.from(bytes)]]);
}

const REFUSED: Readonly<
  Record<string, readonly [name: string, what: RegExp, bytes: Uint8Array<ArrayBuffer>]>
> = {
  'nothing in it': ['InvalidOnnx', /no graph/, new Uint8Array(0)],
  'graphs in graphs, forty deep': ['InvalidOnnx', /nested too deep/, encode(nested(40))],
  'a varint without end': ['InvalidOnnx', /has no end/, raw(0x10, ...new Array<number>(11).fill(0xff))],
  'a tag without end': [
    'InvalidOnnx',
    /tag of a field has no end/,
    raw(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  ],
  'a length of 2^48': [
    'InvalidOnnx',
    /beyond its message's end/,
    raw(0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40),
  ],
  'a length beyond its message': ['InvalidOnnx', /beyond its message's end/, raw(0x0a, 0x05, 0x00)],
  'a group': ['InvalidOnnx', /wire type 3/, raw(0x0b, 0x0c)],
  'wire type 6': ['InvalidOnnx', /wire type 6/, raw(0x0e)],
  'the field 0': ['InvalidOnnx', /number 0/, raw(0x02, 0x00)],
  'too many nodes': [
    'OverLimit',
    /nodes/,
    encode([[7, new Uint8Array(200_002).map((_, at) => (at % 2 === 0 ? 0x0a : 0))]]),
  ],
  'a name of 2000 characters': [
    'OverLimit',
    /bytes of a name/,
    withWeight(tensor('w'.repeat(2000), FLOAT, [2, 5], FORTY)),
  ],
  'a negative dimension': ['InvalidTensor', /is impossible/, withWeight(tensor('w', FLOAT, [-2, -5], FORTY))],
  'dimensions whose product overflows': [
    'InvalidTensor',
    /is impossible/,
    withWeight(tensor('w', FLOAT, [2 ** 40, 2 ** 40], FORTY)),
  ],
  '65 dimensions': [
    'OverLimit',
    /dimensions/,
    withWeight(tensor('w', FLOAT, new Array<number>(65).fill(1), FORTY)),
  ],
  'a dimension beyond 2^53': [
    'InvalidOnnx',
    /beyond 2\^53/,
    withWeight([
      [1, 2n ** 62n],
      [8, 'w'],
    ]),
  ],
  'other bytes than its shape': [
    'InvalidTensor',
    /has 40 bytes.*want 44/,
    withWeight(tensor('w', FLOAT, [11, 1], FORTY)),
  ],
  'values in pieces': [
    'InvalidTensor',
    /in pieces/,
    withWeight(tensor('w', FLOAT, [2, 5], FORTY, [[3, [[1, 0]]]])),
  ],
  'no values at all': [
    'InvalidTensor',
    /spelled out|not stored/,
    withWeight(tensor('w', FLOAT, [2, 5], null)),
  ],
  doubles: ['QuantizedWeights', /type, 11/, withWeight(tensor('w', 11, [2, 5], new Uint8Array(80)))],
  'a sparse weight': ['OnnxWeights', /sparse/, encode(model([[15, [[1, '']]]]))],
  'data above the folder': ['BadPath', /no file of the folder/, withExternal({ location: '../secret' })],
  'data by a path from the root': [
    'BadPath',
    /no file of the folder/,
    withExternal({ location: '/etc/passwd' }),
  ],
  'data on a drive': ['BadPath', /no file of the folder/, withExternal({ location: 'C:\\w' })],
  'data up and down': [
    'BadPath',
    /no file of the folder/,
    withExternal({ location: 'a/../../model.onnx_data' }),
  ],
  'data without a place': ['BadPath', /no file of the folder/, withExternal({ offset: '0' })],
  'data that is not there': [
    'MissingFile',
    /not in the folder/,
    withExternal({ location: 'other.onnx_data' }),
  ],
  'data beyond its file': ['TruncatedFile', /which has 64/, withExternal({ location: DATA, offset: '60' })],
  'a negative offset': [
    'InvalidTensor',
    /no place in a file/,
    withExternal({ location: DATA, offset: '-4' }),
  ],
  'an offset of 17 digits': [
    'InvalidTensor',
    /no place in a file/,
    withExternal({ location: DATA, offset: '99999999999999999' }),
  ],
  'a length that its shape denies': [
    'InvalidTensor',
    /want 40/,
    withExternal({ location: DATA, length: '64' }),
  ],
  'fewer codes than rows': ['InvalidTensor', /the node that uses it wants/, nbits({ N: 3 })],
  'fewer codes than columns': ['InvalidTensor', /the node that uses it wants/, nbits({ K: 40 })],
  'rows without end': ['InvalidTensor', /the node that uses it wants/, nbits({ N: 2 ** 50 })],
  'no columns': ['InvalidTensor', /has no values/, nbits({ K: 0 })],
  'blocks of 20': ['InvalidTensor', /blocks of 20/, nbits({ block_size: 20 })],
  '3 bits': ['QuantizedWeights', /3 bits/, nbits({ bits: 3 })],
  'zero points with a fraction': ['QuantizedWeights', /zero points of another type/, nbits({}, ['zeros'])],
  'zero points that are not stored': ['InvalidTensor', /are not stored/, nbits({}, ['elsewhere'])],
  'groups in another order': ['QuantizedWeights', /another order/, nbits({}, ['', 'order'])],
  'codes in the order of a GPU': ['QuantizedWeights', /weight_prepacked/, nbits({ weight_prepacked: 1 })],
  NF4: ['QuantizedWeights', /NF4/, encode(model([[1, node('MatMulBnb4', MATMUL, ['x', 'w'])]]))],
  'a product that nothing names': [
    'OnnxWeights',
    /onnx::MatMul_7 of MatMul/,
    encode(
      model([
        [1, node('MatMul', '', ['x', 'onnx::MatMul_7'])],
        [5, tensor('onnx::MatMul_7', FLOAT, [2, 5], FORTY)],
      ]),
    ),
  ],
  'a weight twice': [
    'DuplicateTensor',
    /are both model.layers.0.mlp.up_proj.weight/,
    encode(
      model([
        [1, node('MatMul', MATMUL, ['x', 'w'])],
        [1, node('MatMul', MATMUL, ['x', 'v'])],
        [5, tensor('w', FLOAT, [2, 5], FORTY)],
        [5, tensor('v', FLOAT, [2, 5], FORTY)],
      ]),
    ),
  ],
  'a tensor twice': [
    'DuplicateTensor',
    /two tensors of this name/,
    encode(
      model([
        [5, tensor('w', FLOAT, [2, 5], FORTY)],
        [5, tensor('w', FLOAT, [2, 5], FORTY)],
      ]),
    ),
  ],
  'gate and up in one': [
    'QuantizedWeights',
    /gate and up/,
    encode(
      model([
        [1, node('MatMul', '/model/layers.0/mlp/gate_up_proj/MatMul', ['x', 'w'])],
        [5, tensor('w', FLOAT, [2, 5], FORTY)],
      ]),
    ),
  ],
  'queries, keys and values of other sizes': [
    'QuantizedWeights',
    /packed into 5 rows/,
    encode(
      model([
        [1, node('MatMul', '/model/layers.0/attn/qkv_proj/MatMul', ['x', 'w'])],
        [5, tensor('w', FLOAT, [2, 5], FORTY)],
      ]),
    ),
  ],
};

describe('a graph is refused', () => {
  it.each(Object.entries(REFUSED))('%s', async (_, [name, what, bytes]) => {
    const error = await failureOf(readableFolder(files(bytes)));
    expect(error.name).toBe(name);
    expect(error.what).toMatch(what);
    expect(error.place.file).toBe('model.onnx');
  });
});

describe('a folder', () => {
  const graph = withWeight(tensor('w', FLOAT, [2, 5], FORTY));

  it.each<readonly [string, string, Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>]>([
    [
      'AmbiguousWeights',
      'cpu, cuda',
      { 'config.json': '{}', 'cpu/model.onnx': graph, 'cuda/model.onnx': graph },
    ],
    ['OnnxWeights', 'audio.onnx', { 'config.json': '{}', 'audio.onnx': graph }],
    ['MissingConfig', 'no config.json', { 'model.onnx': graph }],
    [
      'MissingFile',
      'vision.onnx',
      {
        'config.json': '{}',
        'model.onnx': graph,
        'genai_config.json':
          '{"model":{"decoder":{"filename":"model.onnx"},"vision":{"filename":"vision.onnx"}}}',
      },
    ],
    [
      'OnnxWeights',
      'names no graph',
      { 'config.json': '{}', 'model.onnx': graph, 'genai_config.json': '{}' },
    ],
  ])('%s: %s', async (name, what, contents) => {
    const error = await failureOf(readableFolder(folder(contents)));
    expect(error.name).toBe(name);
    expect(error.what).toContain(what);
  });

  it('of onnxruntime-genai is read by what its config names', async () => {
    const config = '{"model":{"decoder":{"filename":"text-int4.onnx"}}}';
    const opened = await readableFolder(
      folder({ 'config.json': '{}', 'genai_config.json': config, 'text-int4.onnx': graph }),
    );
    expect((opened as DecodedFolder).format.tensors.map(({ storedName }) => storedName)).toEqual([
      'model.layers.0.mlp.up_proj.weight',
    ]);
  });

  it('with a checkpoint beside its exports is the checkpoint', async () => {
    const plain = folder({ 'config.json': '{}', 'model.safetensors': '', 'onnx/model.onnx': graph });
    expect(await readableFolder(plain)).toBe(plain);
  });

  it('whose vision tower has learnt positions has the names that such checkpoints have', async () => {
    const both: Proto = [
      [1, node('MatMul', MATMUL, ['x', 'w'])],
      [1, node('Gather', '/pos_embed/Gather', ['positions', 'ids'])],
      [5, tensor('w', FLOAT, [2, 5], FORTY)],
      [5, tensor('positions', FLOAT, [2, 5], FORTY)],
    ];
    const opened = await readableFolder(files(encode(model(both))));
    expect((opened as DecodedFolder).format.tensors.map(({ storedName }) => storedName)).toEqual([
      'model.language_model.layers.0.mlp.up_proj.weight',
      'model.visual.pos_embed.weight',
    ]);
  });
});

const SEEDS = [
  withWeight(tensor('w', FLOAT, [2, 5], FORTY)),
  withExternal({ location: DATA, offset: '8', length: '40' }),
  nbits(),
  encode(nested(3)),
  ...readdirSync(new URL('../../../../tools/quantized/data/onnx/operators/', import.meta.url))
    .filter((name) => /^u?int.*\.onnx$/.test(name))
    .map((name) =>
      Uint8Array.from(
        readFileSync(new URL(`../../../../tools/quantized/data/onnx/operators/${name}`, import.meta.url)),
      ),
    ),
];
it(
  'mutated graphs open right or are refused by name',
  async () => {
    const random = seededRandom(16);
    const below = (limit: number): number => Math.floor(random() * limit);
    const outcomes = await fuzzed(1500, () =>
      verdictOf(files(mutated(SEEDS[below(SEEDS.length)] as Uint8Array<ArrayBuffer>, below))),
    );
    expect([...outcomes.keys()]).toEqual(expect.arrayContaining(['opened', 'InvalidOnnx', 'InvalidTensor']));
  },
  FUZZ_TIMEOUT,
);

/** One to three changes: a byte, a run of ends of varints, a span cut out, doubled, or moved. */
function mutated(seed: Uint8Array<ArrayBuffer>, below: (limit: number) => number): Uint8Array<ArrayBuffer> {
  let bytes = seed.slice();
  for (let changes = 1 + below(3); changes > 0; changes -= 1) {
    const from = below(bytes.length + 1);
    const span = bytes.slice(from, from + 1 + below(24));
    const kind = below(9);
    // Half of them change no length, and leave the structure whole.
    if (kind > 4) bytes[below(bytes.length)] = below(256);
    else if (kind === 1)
      bytes = spliced(bytes, from, 1 + below(10), [...new Array<number>(below(11)).fill(0xff), below(256)]);
    else if (kind < 3) bytes = spliced(bytes, from, span.length);
    else if (kind === 3) bytes = spliced(bytes, from, 0, span);
    else bytes = spliced(spliced(bytes, from, span.length), bytes.length - span.length, 0, span);
  }
  return bytes;
}

async function verdictOf(contents: CheckpointFiles): Promise<string> {
  const opened = await readableFolder(contents);
  if (!(opened instanceof DecodedFolder)) return 'plain';
  for (const tensor of opened.format.tensors) {
    for (const { file, start, end } of Object.values(tensor.parts)) {
      if (!(start >= 0 && start <= end && end <= (contents.get(file)?.size ?? 0)))
        throw new RangeError(`${tensor.storedName}: bytes ${start} to ${end}`);
    }
    const { rows, columns } = matrixOf(tensor.shape);
    // No more values than the stored bits can hold, of which one byte holds four.
    if (rows * columns >= 8 * 4096) throw new RangeError(`${rows} x ${columns}`);
    await new TensorReader(tensor, opened.origin).values({ first: 0, count: rows });
  }
  return 'opened';
}
