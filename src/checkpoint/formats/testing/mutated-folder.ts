/** Folders of quantized weights that are almost right: a declaration, and the headers of the tensors beside it, changed a little. */
import { seededRandom } from '../../../work/seeded-random.ts';
import type { CheckpointFiles } from '../../byte-source.ts';
import { DTYPE_BYTES, type Dtype } from '../../dtype.ts';
import { folderOf, type HeldTensor, type IntegerCase } from './integer-cases.ts';

const DTYPES = Object.keys(DTYPE_BYTES) as Dtype[];
const DIMS = [0, 1, 2, 3, 7, 8, 9, 16, 31, 32, 33, 64, 255];
/** Texts that a config may hold in place of a number, a word or a switch. */
const VALUES: readonly unknown[] = [
  ...[-1, 0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 32, 64, 128, 2 ** 31, 2 ** 53, -(2 ** 40), 0.5, 1e300],
  ...[
    null,
    true,
    false,
    '',
    'gptq',
    'gptq_v2',
    'awq',
    'gemm',
    'gemv',
    'marlin',
    'int',
    'float',
    'group',
    'channel',
  ],
  ...[
    'tensor',
    'block',
    'pack-quantized',
    '0.17.0',
    '0.18.0',
    '4',
    '__proto__',
    '128x128',
    're:(a*)*b',
    're:[',
  ],
  ...[[], {}, [128, 128], [0, 0], ['Linear'], { weights: {} }, { g: {} }, 'x'.repeat(3000)],
];

/** The same folders, one after another, for the same seed. */
export function* mutatedFolders(
  cases: readonly IntegerCase[],
  seed: number,
): Generator<CheckpointFiles, never> {
  const random = seededRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <T>(of: readonly T[]): T => of[below(of.length)] as T;

  /** Another value, or none, somewhere in an object, a list included. */
  const changed = (value: unknown, depth = 0): unknown => {
    if (typeof value !== 'object' || value === null || (depth > 0 && below(4) === 0)) return pick(VALUES);
    if (Array.isArray(value))
      return value.map((item: unknown) => (below(2) === 0 ? changed(item, depth + 1) : item));
    const keys = Object.keys(value);
    const key = pick(keys);
    if (below(6) === 0) return Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
    return { ...value, [key]: changed((value as Record<string, unknown>)[key], depth + 1) };
  };

  const resized = ({ bytes, ...tensor }: HeldTensor, shape: readonly number[], dtype: Dtype): HeldTensor => {
    const size = shape.reduce((product, dim) => product * dim, DTYPE_BYTES[dtype]);
    const held = new Uint8Array(size);
    held.set(bytes.subarray(0, size));
    return { ...tensor, shape, dtype, bytes: held };
  };

  const MUTATIONS: readonly ((tensors: HeldTensor[]) => void)[] = [
    (tensors) => void tensors.splice(below(tensors.length), 1),
    (tensors) => {
      const at = below(tensors.length);
      const tensor = tensors[at];
      if (tensor)
        tensors[at] = resized(
          tensor,
          tensor.shape.map((dim) => (below(2) === 0 ? dim : pick(DIMS))),
          tensor.dtype,
        );
    },
    (tensors) => {
      const at = below(tensors.length);
      const tensor = tensors[at];
      if (tensor) tensors[at] = resized(tensor, tensor.shape, pick(DTYPES));
    },
    (tensors) => {
      const at = below(tensors.length);
      const tensor = tensors[at];
      if (tensor)
        tensors[at] = resized(
          tensor,
          below(2) === 0 ? tensor.shape.slice(1) : [...tensor.shape, 1],
          tensor.dtype,
        );
    },
    // Bytes that say how others are read: shapes, groups.
    (tensors) => {
      const at = below(tensors.length);
      const tensor = tensors[at];
      if (!tensor || tensor.bytes.length === 0) return;
      const bytes = tensor.bytes.slice();
      for (let i = 0; i < 1 + below(8); i += 1) bytes[below(bytes.length)] = below(256);
      tensors[at] = { ...tensor, bytes };
    },
    // Called what another is called.
    (tensors) => {
      const at = below(tensors.length);
      const tensor = tensors[at];
      const name = pick([
        'qweight',
        'scales',
        'qzeros',
        'g_idx',
        'weight_packed',
        'weight_scale',
        'weight',
        'weight_shape',
      ]);
      if (tensor && !tensors.some((other) => other.name === name)) tensors[at] = { ...tensor, name };
    },
  ];

  for (;;) {
    const { said, tensors } = pick(cases);
    const own = [...tensors];
    const mutations = below(8) === 0 ? 0 : 1 + below(3);
    let declared: unknown = said;
    for (let i = 0; i < mutations; i += 1) {
      if (below(2) === 0) declared = changed(declared);
      else if (own.length > 0) pick(MUTATIONS)(own);
    }
    yield folderOf(declared, own);
  }
}
