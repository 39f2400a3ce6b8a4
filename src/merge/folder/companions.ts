import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { MANIFEST_FILE } from '../../../scripts/result-folder.mjs';
import { RECIPE_FILE } from '../recipe/recipe-file.ts';

/** Config, tokenizer, processor, chat template, model code, licence. */
const COMPANION =
  /^(?:[^/]+\.(?:json|jinja|model|py|tiktoken)|(?:merges|vocab)\.txt|(?:LICENSE|NOTICE)[^/]*)$/;
/** Of another state of the weights than the merge's, or an index of files that stay behind. */
const NOT_THIS =
  /^(?:(?:adapter_config|trainer_state|training_args|(?:all|train|eval|test|predict)_results|evaluation|quantize_config)\.json|.+\.index\.json|zero_to_fp32\.py)$/;

/** The files of a folder beside its weights: which of them travel with a merge, and which do not. */
export interface Companions {
  readonly taken: readonly string[];
  readonly left: readonly string[];
}

/** Sorts a donor's files; weights, their index, the card (a merge has its own) and training state stay behind. */
export function companionsOf(files: CheckpointFiles, weightFiles: readonly string[]): Companions {
  const others = [...files.keys()].filter((name) => !weightFiles.includes(name));
  const travels = (name: string): boolean =>
    COMPANION.test(name) && !NOT_THIS.test(name) && ![RECIPE_FILE, MANIFEST_FILE].includes(name);
  return { taken: others.filter(travels).sort(), left: others.filter((name) => !travels(name)).sort() };
}
