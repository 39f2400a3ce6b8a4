/** Layers whose inputs or outputs are turned or scaled as they are computed: the weights that are stored then stand for others. */
import { asObject } from './config-hints.ts';
import { NamedError } from '../named-error.ts';
import { activationScales } from './formats/safetensors/activation-scales.ts';
import { quantizationRemedy } from './quantization-methods.ts';
import type { DeclaredQuantization } from './quantization.ts';

/** Where AutoRound says that it turned the inputs, and how. */
const ROTATIONS = ['rotation_config', 'spinquant_config', 'hadamard_config'] as const;

const COMPUTED = ' as they are computed, which is not done here';

/**
 * Refuses weights that are right only behind a transform of their inputs, or before one of their outputs (QuIP, SpinQuant's R4, the scales of
 * ModelOpt's AWQ): read without it they give a model that runs and is wrong. Transforms that were multiplied into the weights, and those of queries
 * and keys, which meet each other in one product, change nothing and pass.
 *
 * @param names of all tensors, canonical, weights that were decoded among them
 * @throws NamedError `QuantizedWeights`
 */
export function checkInputsAsTheyAre(
  names: ReadonlySet<string>,
  declared: DeclaredQuantization | null,
): void {
  if (declared === null) return;
  const field = ROTATIONS.find((key) => asObject(declared.said[key]) !== undefined);
  if (field) throw refusal(declared, `its ${field} has the inputs of layers turned${COMPUTED}`);
  const transform = computedTransform(declared.said['transform_config']);
  if (transform)
    throw refusal(declared, `its transform_config has the ${transform}s of layers turned${COMPUTED}`);
  const strange = insideWeighted(names);
  if (strange)
    throw refusal(
      declared,
      `what ${strange} does to the inputs or the weights of its layer is not known here`,
    );
}

/** Of compressed-tensors: "input" or "output"; what is applied to weights is in them already. */
function computedTransform(config: unknown): string | undefined {
  return Object.values(asObject(asObject(config)?.['config_groups']) ?? {})
    .flatMap((group): unknown[] => {
      const apply = asObject(group)?.['apply'];
      return Array.isArray(apply) ? apply : [apply];
    })
    .map((one) => asObject(one)?.['location'])
    .find((location): location is string => location === 'input' || location === 'output');
}

/** The first tensor inside a module with a weight that is neither its weight nor its bias, and no scale of what is rounded as it is computed. */
function insideWeighted(names: ReadonlySet<string>): string | undefined {
  const weighted = [...names]
    .filter((name) => name.endsWith('.weight'))
    .map((storedName) => ({ storedName }));
  const modules = new Set(weighted.map(({ storedName }) => storedName.slice(0, -'.weight'.length)));
  const scales = new Set(activationScales(names, weighted));
  const within = (name: string): boolean => {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (modules.has(name.slice(0, dot))) return !/^(weight|bias)$/.test(name.slice(dot + 1));
    }
    return false;
  };
  return [...names].find((name) => within(name) && !scales.has(name));
}

function refusal({ file, field, label }: DeclaredQuantization, what: string): NamedError {
  return new NamedError(
    'QuantizedWeights',
    `the weights are quantized (${label}), and ${what}`,
    { file, field },
    quantizationRemedy(''),
  );
}
