/** Which of a folder's files describes the image processor, as each profile of image processing chooses. */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { readJsonFile } from '../checkpoint/small-file.ts';
import { NamedError } from '../named-error.ts';
import type { Architecture } from './architectures/architecture.ts';
import { ARCHITECTURES } from './architectures/list.ts';
import type { VisionConfig } from './config.ts';
import {
  DEFAULT_IMAGE_PROCESSING,
  IMAGE_PROCESSING,
  type ImageProcessing,
  type ProcessorFile,
} from './image-processing.ts';
import { parsePreprocessor, type Preprocessor } from './preprocessor.ts';

/** Of each profile what it makes of the folder, or why it refuses it. */
export type Preprocessors = Readonly<Record<ImageProcessing, Preprocessor | NamedError>>;

interface Chosen {
  /** Null where the architecture's defaults stand in. */
  readonly file: ProcessorFile | null;
  readonly preprocessor: Preprocessor;
}

type Outcomes = Readonly<Record<ImageProcessing, Chosen | NamedError>>;

/**
 * Reads a folder's image processor as every profile does. Of two files that describe one, transformers 5 takes
 * `processor_config.json`, 4.51 `preprocessor_config.json`; a notice says so where that makes a difference. Without any
 * the architecture's defaults are used, which a notice says, too: transformers would refuse the folder.
 *
 * @throws NamedError of the default profile, where no profile can read the folder: `InvalidJson`, those of
 * `parsePreprocessor`
 */
export async function readPreprocessors(
  files: CheckpointFiles,
  vision: VisionConfig,
  architecture: Architecture = ARCHITECTURES[0],
): Promise<{ readonly preprocessors: Preprocessors; readonly notices: readonly string[] }> {
  const outcomes: Outcomes = {
    'transformers-5': await outcome(files, vision, architecture, 'transformers-5'),
    'transformers-4.51': await outcome(files, vision, architecture, 'transformers-4.51'),
  };
  const byDefault = outcomes[DEFAULT_IMAGE_PROCESSING];
  if (
    byDefault instanceof NamedError &&
    Object.values(outcomes).every((each) => each instanceof NamedError)
  ) {
    throw byDefault;
  }
  const made = (name: ImageProcessing): Preprocessor | NamedError => {
    const found = outcomes[name];
    return found instanceof NamedError ? found : found.preprocessor;
  };
  return {
    preprocessors: {
      'transformers-5': made('transformers-5'),
      'transformers-4.51': made('transformers-4.51'),
    },
    notices: noticesOf(outcomes, files.has('processor_config.json'), architecture),
  };
}

/** The preprocessor of one profile. @throws NamedError why the profile refuses the folder */
export function preprocessorFor(preprocessors: Preprocessors, name: ImageProcessing): Preprocessor {
  const found = preprocessors[name];
  if (found instanceof NamedError) throw found;
  return found;
}

async function outcome(
  files: CheckpointFiles,
  vision: VisionConfig,
  architecture: Architecture,
  name: ImageProcessing,
): Promise<Chosen | NamedError> {
  try {
    return await choose(files, vision, architecture, name);
  } catch (error) {
    if (error instanceof NamedError) return error;
    throw error;
  }
}

async function choose(
  files: CheckpointFiles,
  vision: VisionConfig,
  { imageDefaults }: Architecture,
  name: ImageProcessing,
): Promise<Chosen> {
  for (const file of IMAGE_PROCESSING[name].files) {
    const json = await readJsonFile(files, file);
    if (describesImages(json, file))
      return { file, preprocessor: parsePreprocessor(json, file, vision, name, imageDefaults) };
  }
  const other = await readJsonFile(files, 'processor_config.json');
  if (describesImages(other, 'processor_config.json')) {
    throw new NamedError(
      'NoImageProcessor',
      `image processing ${name} reads preprocessor_config.json alone, and only processor_config.json describes the image processor`,
      { file: 'preprocessor_config.json' },
      'Choose image processing transformers-5, or put the preprocessor_config.json of the base model into the folder.',
    );
  }
  return {
    file: null,
    preprocessor: parsePreprocessor({}, 'preprocessor_config.json', vision, name, imageDefaults),
  };
}

/** A `processor_config.json` without `image_processor` says nothing of images, as transformers before 5 wrote it. */
function describesImages(json: unknown, file: ProcessorFile): boolean {
  if (json === undefined) return false;
  if (file === 'preprocessor_config.json') return true;
  return (
    typeof json === 'object' && json !== null && 'image_processor' in json && json.image_processor !== null
  );
}

function noticesOf(
  outcomes: Outcomes,
  hasProcessorFile: boolean,
  { title }: Architecture,
): readonly string[] {
  const byDefault = outcomes[DEFAULT_IMAGE_PROCESSING];
  const other = outcomes['transformers-4.51'];
  if (byDefault instanceof NamedError) {
    return [
      `Image processing ${DEFAULT_IMAGE_PROCESSING} cannot read the image processor (${byDefault.message}): images need another one.`,
    ];
  }
  if (byDefault.file === null) {
    return [
      hasProcessorFile
        ? `The folder has no preprocessor_config.json, and its processor_config.json describes no image processor: the defaults of ${title} are used.`
        : `The folder has no preprocessor_config.json: the defaults of ${title} are used.`,
    ];
  }
  if (other instanceof NamedError || other.file === byDefault.file) return [];
  const differing = differences(byDefault.preprocessor, other.preprocessor);
  if (differing.length === 0) return [];
  return [
    `Two files describe the image processor, and what they give differs in ${differing.join(', ')}: image processing ` +
      `transformers-5 takes ${said(byDefault)}, transformers-4.51 takes ${said(other)}.`,
  ];
}

const said = ({ file, preprocessor }: Chosen): string => {
  const { patchSize, mergeSize, minPixels, maxPixels } = preprocessor;
  const area = (patchSize * mergeSize) ** 2;
  return `${file} (${Math.ceil(minPixels / area)} to ${Math.floor(maxPixels / area)} tokens an image)`;
};

/** What an image would come out otherwise for, in the words of the files. */
function differences(one: Preprocessor, other: Preprocessor): readonly string[] {
  const facts = ({ resize, minPixels, maxPixels, rescaleFactor, normalize }: Preprocessor) => ({
    do_resize: resize,
    min_pixels: minPixels,
    max_pixels: maxPixels,
    rescale_factor: rescaleFactor,
    image_mean: normalize?.mean ?? null,
    image_std: normalize?.std ?? null,
  });
  const others = Object.entries(facts(other));
  return Object.entries(facts(one))
    .filter(([name, value], index) => JSON.stringify([name, value]) !== JSON.stringify(others[index]))
    .map(([name]) => name);
}
