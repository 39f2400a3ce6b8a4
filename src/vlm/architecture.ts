/** Which architecture a checkpoint is of. */
import { NamedError } from '../named-error.ts';
import type { Architecture } from './architectures/architecture.ts';
import { ARCHITECTURES } from './architectures/list.ts';
import type { JsonFields } from './json-fields.ts';
import type { VisionConfig } from './vision-config.ts';

/** Of a config that was read. @throws RangeError for one that no architecture of the list has made */
export function architectureOf({ modelType }: { readonly modelType: string }): Architecture {
  const found = ARCHITECTURES.find((architecture) => architecture.modelType === modelType);
  if (!found) throw new RangeError(`no architecture ${modelType}`);
  return found;
}

/** LLM layers after which image features are added besides (DeepStack), from 0. */
export function injectedLayers(config: {
  readonly modelType: string;
  readonly vision: VisionConfig;
}): readonly number[] {
  return architectureOf(config)
    .projectors(config.vision)
    .flatMap(({ addedAfterLayer }) => addedAfterLayer ?? []);
}

/** The titles of all, as a sentence names them: "Qwen2.5-VL". */
export function architectureTitles(): string {
  return alternatives(({ title }) => title);
}

function alternatives(word: (architecture: Architecture) => string): string {
  const words = ARCHITECTURES.map(word);
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`;
}

const supported = (): string =>
  alternatives(({ classes, modelType }) => `${classes[0]} (model_type ${modelType})`);

/**
 * Holds `model_type` and `architectures` against what is supported. As in transformers, the type decides; a class that
 * is not transformers' own (a value model, an embedding model) opens without its additions, which a notice says.
 *
 * @throws UnsupportedArchitecture for another type, and for a class whose code comes with the checkpoint
 */
export function recognizeArchitecture(
  root: JsonFields,
  file: string,
): { readonly architecture: Architecture; readonly notices: readonly string[] } {
  const modelType = root.raw('model_type');
  const classes = root.raw('architectures');
  const name: unknown = Array.isArray(classes) ? classes[0] : undefined;
  const isOf = ({ classes }: Architecture): boolean => (classes as readonly unknown[]).includes(name);
  const architecture = ARCHITECTURES.find((one) =>
    modelType === undefined ? isOf(one) : one.modelType === modelType,
  );
  if (!architecture) {
    const found = [name, modelType === undefined ? undefined : `model_type ${String(modelType)}`];
    throw new NamedError(
      'UnsupportedArchitecture',
      `the checkpoint is ${found.filter((part) => part !== undefined).join(', ') || 'of unnamed architecture'}; ` +
        `supported is ${supported()}`,
      { file, field: modelType === undefined ? 'architectures' : 'model_type' },
      ARCHITECTURES.some((one) => modelType === `${one.modelType}_text`)
        ? 'This is the language model alone: open the folder of the whole model, with its vision tower.'
        : `Open a ${architectureTitles()} checkpoint or a fine-tune of one.`,
    );
  }
  return {
    architecture,
    notices: classNotices(root, file, architecture, name === undefined || isOf(architecture), name),
  };
}

function classNotices(
  root: JsonFields,
  file: string,
  { title, classes: [whole] }: Architecture,
  plain: boolean,
  name: unknown,
): readonly string[] {
  const ownCode = root.has('auto_map') ? ownClasses(root.object('auto_map')) : [];
  if (plain) {
    return ownCode.length === 0
      ? []
      : [
          `config.json asks for code of the checkpoint's own (auto_map: ${ownCode.join(', ')}), which is not run: the ` +
            `folder is read as ${whole}, as transformers does without trust_remote_code.`,
        ];
  }
  if (ownCode.length > 0) {
    throw new NamedError(
      'UnsupportedArchitecture',
      `the model is ${String(name)}, whose code comes with the checkpoint (auto_map: ${ownCode.join(', ')}) ` +
        `and cannot run here; supported is ${supported()}`,
      { file, field: 'architectures' },
      `Save its ${title} part with ${whole} and open that, or open the checkpoint it was made from.`,
    );
  }
  return [
    `config.json says that the weights were saved by ${String(name)}; the folder is read as ${whole}, as ` +
      'transformers does: heads or other parts that the class adds are left out.',
  ];
}

/** Model and config classes that `auto_map` takes from the checkpoint's own code; a processor changes no weights. */
function ownClasses(map: JsonFields): readonly string[] {
  return map.names().filter((name) => /^Auto(Config|Model)/.test(name));
}
