import { NamedError } from '../named-error.ts';
import type { JsonFields } from './json-fields.ts';

const MODEL_TYPE = 'qwen2_5_vl';
const CLASS = 'Qwen2_5_VLForConditionalGeneration';
const SUPPORTED = `${CLASS} (model_type ${MODEL_TYPE})`;
/** Classes whose folders hold this model and nothing else; the base model's (`AutoModel`) has no head of its own. */
const PLAIN: readonly unknown[] = [CLASS, 'Qwen2_5_VLModel'];

/**
 * Holds `model_type` and `architectures` against what is supported. As in transformers, the type decides; a class that
 * is not transformers' own (a value model, an embedding model) opens without its additions, which a notice says.
 *
 * @throws UnsupportedArchitecture for another type, and for a class whose code comes with the checkpoint
 */
export function checkArchitecture(root: JsonFields, file: string): readonly string[] {
  const modelType = root.raw('model_type');
  const architectures = root.raw('architectures');
  const architecture: unknown = Array.isArray(architectures) ? architectures[0] : undefined;
  const plain = architecture === undefined || PLAIN.includes(architecture);
  const ownCode = root.has('auto_map') ? ownClasses(root.object('auto_map')) : [];
  const known = modelType === MODEL_TYPE || (modelType === undefined && architecture !== undefined && plain);
  if (!known) {
    const found = [architecture, modelType === undefined ? undefined : `model_type ${String(modelType)}`];
    throw new NamedError(
      'UnsupportedArchitecture',
      `the checkpoint is ${found.filter((part) => part !== undefined).join(', ') || 'of unnamed architecture'}; ` +
        `supported is ${SUPPORTED}`,
      { file, field: modelType === undefined ? 'architectures' : 'model_type' },
      modelType === `${MODEL_TYPE}_text`
        ? 'This is the language model alone: open the folder of the whole model, with its vision tower.'
        : 'Open a Qwen2.5-VL checkpoint or a fine-tune of one.',
    );
  }
  if (plain) {
    return ownCode.length === 0
      ? []
      : [
          `config.json asks for code of the checkpoint's own (auto_map: ${ownCode.join(', ')}), which is not run: the ` +
            `folder is read as ${CLASS}, as transformers does without trust_remote_code.`,
        ];
  }
  if (ownCode.length > 0) {
    throw new NamedError(
      'UnsupportedArchitecture',
      `the model is ${String(architecture)}, whose code comes with the checkpoint (auto_map: ${ownCode.join(', ')}) ` +
        `and cannot run here; supported is ${SUPPORTED}`,
      { file, field: 'architectures' },
      `Save its Qwen2.5-VL part with ${CLASS} and open that, or open the checkpoint it was made from.`,
    );
  }
  return [
    `config.json says that the weights were saved by ${String(architecture)}; the folder is read as ${CLASS}, as ` +
      'transformers does: heads or other parts that the class adds are left out.',
  ];
}

/** Model and config classes that `auto_map` takes from the checkpoint's own code; a processor changes no weights. */
function ownClasses(map: JsonFields): readonly string[] {
  return map.names().filter((name) => /^Auto(Config|Model)/.test(name));
}
