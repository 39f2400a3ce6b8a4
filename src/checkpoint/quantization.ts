/** Quantized weights: what the folder says of them, and what the tensors themselves show. */
import { NamedError } from '../named-error.ts';
import type { CheckpointFiles } from './byte-source.ts';
import { asObject, optionalObject } from './config-hints.ts';
import type { Dtype, UnreadDtype } from './dtype.ts';
import { isModelWeight } from './model-weights.ts';
import { SIGNS, quantizationRemedy } from './quantization-methods.ts';
import type { Notice } from './weight-files.ts';

/** What a folder's small files say of how its weights were quantized. */
export interface DeclaredQuantization {
  readonly file: string;
  readonly field: string;
  /** In the spelling of `quant_method`. */
  readonly method: string;
  /** For people: "compressed-tensors, float-quantized". */
  readonly label: string;
  /** As it stands in the file. */
  readonly said: Readonly<Record<string, unknown>>;
}

interface NamedTensor {
  /** Canonical. */
  readonly name: string;
  readonly dtype: Dtype | UnreadDtype;
  readonly file: string;
}

/** Files beside config.json in which quantizers say what they did, with the method they stand for. */
const OWN_FILES = [
  ['quantize_config.json', 'gptq'],
  ['quant_config.json', 'awq'],
  ['hf_quant_config.json', 'modelopt'],
] as const;

export const QUANTIZER_FILES: readonly string[] = OWN_FILES.map(([name]) => name);

/** Dtypes that hold codes, and never weights as they are: a cast to them alone would leave nothing of a weight. */
const PACKED = /^([IU]\d+|BOOL|F4|F6_\w+)$/;

/** Reads config.json and the quantizers' own files; null where none says anything. */
export async function declaredQuantization(files: CheckpointFiles): Promise<DeclaredQuantization | null> {
  const file = 'config.json';
  const config = await optionalObject(files, file);
  const text = asObject(config['text_config']) ?? {};
  const places = [
    ['quantization_config', config['quantization_config'], ''],
    ['text_config.quantization_config', text['quantization_config'], ''],
    ['compression_config', config['compression_config'], 'compressed-tensors'],
    ['quantization', config['quantization'], 'mlx'],
  ] as const;
  for (const [field, value, method] of places) {
    const said = asObject(value);
    if (said && Object.keys(said).length > 0) return { file, field, said, ...describe(said, method) };
  }
  for (const [own, method] of OWN_FILES) {
    const said = await optionalObject(files, own);
    const field = method === 'modelopt' ? 'quantization' : 'bits';
    if (Object.keys(said).length > 0) {
      const inner = asObject(said['quantization']) ?? said;
      return { file: own, field, said: inner, ...describe(inner, method) };
    }
  }
  return null;
}

function describe(
  said: Readonly<Record<string, unknown>>,
  otherwise: string,
): Pick<DeclaredQuantization, 'method' | 'label'> {
  const word = (field: string): string | undefined => {
    const value = said[field];
    return typeof value === 'string' ? value : undefined;
  };
  const bits = typeof said['bits'] === 'number' ? said['bits'] : said['w_bit'];
  const method = word('quant_method') ?? otherwise;
  const details = [
    word('format') ?? word('quant_algo') ?? word('fmt'),
    said['load_in_8bit'] === true ? '8 bits' : undefined,
    said['load_in_4bit'] === true ? '4 bits' : undefined,
    typeof bits === 'number' ? `${bits} bits` : undefined,
  ].filter((detail) => detail !== undefined);
  return { method, label: [method === '' ? 'no method named' : method, ...details].join(', ') };
}

/**
 * Refuses weights that mean nothing without the scales beside them. Where a folder calls itself quantized and the weights are
 * plain numbers, a notice says so: fine-tuning that began from a quantized model can leave the declaration behind.
 *
 * @param otherwise a nearer way out than that of the method, if there is one
 * @throws NamedError `QuantizedWeights`, with the way to weights that can be read
 */
export function checkNotQuantized(
  tensors: readonly NamedTensor[],
  declared: DeclaredQuantization | null,
  otherwise: string | null = null,
): Notice[] {
  const names = new Set(tensors.map(({ name }) => name));
  const found = tensors.flatMap((tensor) => {
    const sign = signOf(tensor, declared !== null, names);
    return sign === null ? [] : [{ tensor, sign }];
  });
  // The most telling first: codes alone say less than what lies beside them.
  const [first] = found.toSorted((a, b) => a.sign.rank - b.sign.rank);
  if (first !== undefined) {
    const { tensor, sign } = first;
    const [label, method] = declared ? [declared.label, declared.method] : [sign.label, sign.method];
    throw new NamedError(
      'QuantizedWeights',
      `the weights are quantized (${label}): ${tensor.name} (${tensor.dtype})${found.length > 1 ? ` and ${found.length - 1} more tensors` : ''} hold codes and scales in place of weights`,
      declared ? { file: declared.file, field: declared.field } : { file: tensor.file },
      otherwise === null ? quantizationRemedy(method) : `${otherwise}, or ${quantizationRemedy(method)}`,
    );
  }
  if (declared === null) return [];
  const text = `its ${declared.field} says the weights are quantized (${declared.label}), and they are not: they are read as they are stored; remove the entry, which transformers may follow or refuse`;
  return [{ file: declared.file, text }];
}

interface Sign {
  /** Place in `SIGNS`; what only a dtype shows comes after all of them. */
  readonly rank: number;
  readonly method: string;
  readonly label: string;
}

/** Scales under names that tell no method (ComfyUI, Mistral, DeepSeek): only beside a weight do they scale it. */
const NAMELESS_SCALE = /\.(w?scale|wscales|scale_weight|qscale_weight)$/;

function signOf({ name, dtype }: NamedTensor, declared: boolean, names: ReadonlySet<string>): Sign | null {
  if (!/^(model|visual|lm_head|vision_tower|vision_model|multi_modal_projector|connector)\./.test(name))
    return null;
  const rank = SIGNS.findIndex(([pattern]) => pattern.test(name));
  const sign = SIGNS[rank];
  if (sign) return { rank, method: sign[1], label: sign[2] };
  if (NAMELESS_SCALE.test(name) && names.has(name.replace(NAMELESS_SCALE, '.weight')))
    return { rank: SIGNS.length, method: '', label: 'with scales beside the weights' };
  if (dtype === 'F8_E8M0') return { rank: SIGNS.length, method: '', label: 'exponents for scales' };
  if (!isModelWeight(name)) return null;
  if (PACKED.test(dtype)) return { rank: SIGNS.length, method: '', label: `${dtype} codes` };
  // Without a declaration, and without scales, a cast to float8 is a dtype like any other.
  return declared && dtype.startsWith('F8') ? { rank: SIGNS.length, method: 'fp8', label: 'FP8' } : null;
}
