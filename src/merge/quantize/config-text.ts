/** `quantization_config` of a quantized folder, as the format's own writer puts it into config.json. */
import { canonicalName } from '../../checkpoint/tensor-name.ts';
import { HEAD } from '../../checkpoint/tensor-place.ts';
import { NamedError } from '../../named-error.ts';
import { JsonText } from '../folder/json-text.ts';
import type { MergePlan } from '../plan/plan.ts';
import type { QuantizationPlan } from './quantization-plan.ts';
import type { Scheme } from './scheme.ts';

/** Whose spelling is followed: of 4 and 8 bits it is that of every version so far. */
const COMPRESSED_TENSORS = '0.20.0';

/**
 * @param config the text of config.json without it
 * @throws NamedError `InvalidConfig` for what is no JSON object
 */
export function quantizedConfig(
  config: string,
  plan: MergePlan,
  quantization: QuantizationPlan,
  scheme: Scheme,
): string {
  const json = JsonText.read(config);
  if (!json) {
    const remedy = 'use the config.json that was published with the model';
    throw new NamedError('InvalidConfig', 'it is no JSON object', { file: 'config.json' }, remedy);
  }
  const kept = keptModules(plan, quantization);
  const said = scheme.format === 'awq' ? awq(scheme, kept) : compressedTensors(scheme, kept);
  return json.with([], [['quantization_config', JSON.stringify(said)]]).text;
}

/** Modules that stay as they are: whole branches by their first name, single ones by the end of theirs. */
interface KeptModules {
  readonly branches: readonly string[];
  readonly single: readonly string[];
  readonly head: boolean;
}

function keptModules({ tensors }: MergePlan, { rounded, unfit }: QuantizationPlan): KeptModules {
  const outside = tensors.filter(
    ({ placement }) =>
      placement.kind === 'rest' && (placement.piece === 'visionTower' || placement.piece === 'projector'),
  );
  const branches = new Set(outside.map(({ name }) => name.split('.')[0] as string));
  const moduleOf = (storedName: string): string =>
    canonicalName(storedName)
      .replace(/^model\./, '')
      .replace(/\.weight$/, '');
  return {
    branches: [...branches],
    single: unfit.filter((name) => canonicalName(name) !== HEAD).map(moduleOf),
    head: !rounded.some(({ tensor }) => tensor.name === HEAD),
  };
}

/** What `ModelCompressor.update_config` of compressed-tensors writes. Names differ between readers, so they are matched by their ends. */
function compressedTensors({ bits, group }: Scheme, { branches, single, head }: KeptModules): object {
  const escaped = (name: string): string => name.replaceAll('.', '\\.');
  const weights = {
    num_bits: bits,
    type: 'int',
    symmetric: true,
    ...(group === null ? {} : { group_size: group }),
    strategy: group === null ? 'channel' : 'group',
    dynamic: false,
  };
  const format = 'pack-quantized';
  return {
    version: COMPRESSED_TENSORS,
    quant_method: 'compressed-tensors',
    sparsity_config: {},
    transform_config: {},
    config_groups: {
      group_0: { targets: ['Linear'], weights, input_activations: null, output_activations: null, format },
    },
    kv_cache_scheme: null,
    format,
    quantization_status: 'compressed',
    global_compression_ratio: null,
    ignore: [
      ...(head ? ['lm_head'] : []),
      ...branches.map((name) => `re:.*${escaped(name)}\\..*`),
      ...single.map((name) => `re:.*${escaped(name)}$`),
    ],
  };
}

/** What AutoAWQ writes. */
function awq({ bits, group }: Scheme, { branches, single }: KeptModules): object {
  return {
    bits,
    group_size: group,
    modules_to_not_convert: [...branches, ...single],
    quant_method: 'awq',
    version: 'gemm',
    zero_point: true,
  };
}
