import type { AskedModel } from '../../analyses/asked-model.ts';
import type { FlagWords } from '../../analyses/command-line.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { DEFAULT_IMAGE_PROCESSING } from '../../vlm/image-processing.ts';
import { DEFAULT_MAX_IMAGE_PIXELS } from '../../vlm/pixel-limit.ts';
import { adapterText } from '../../work/adapter-name.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';

/** Models as a figure names them. */
export function namedModels(models: readonly AskedModel[]): PageFacts['checkpoints'] {
  return models.map(({ name, checkpoint }) => ({
    ...{ name, folder: checkpoint.name, fingerprint: checkpoint.fingerprint },
  }));
}

/** What models computed in and on, and the flags that ask for the same. */
export function computing(
  models: readonly AskedModel[],
): Pick<PageFacts, 'dtype' | 'device'> & { readonly flags: FlagWords } {
  const each = (of: (model: AskedModel['model']) => string): string[] => [
    ...new Set(models.map(({ model }) => of(model))),
  ];
  const [dtypes, devices] = [each(({ dtype }) => dtype), each(({ device }) => device)];
  return {
    dtype: dtypes.join(', '),
    device: each(({ device, adapter }) => `${device}: ${adapterText(adapter)}`).join('; '),
    flags: [
      ...(devices.length === 1 && devices[0] !== undefined ? [['device', devices[0]] as const] : []),
      ...(dtypes.length === 1 && dtypes[0] !== undefined ? [['dtype', dtypes[0]] as const] : []),
    ],
  };
}

/** How pixels are made of images, where that is otherwise than a command has it. */
export function readingFlags({ imageProcessing, maxImagePixels }: Required<ImageReading>): FlagWords {
  return [
    ...(imageProcessing === DEFAULT_IMAGE_PROCESSING ? [] : [['image-processing', imageProcessing] as const]),
    ...(maxImagePixels === DEFAULT_MAX_IMAGE_PIXELS
      ? []
      : [['max-image-pixels', String(maxImagePixels)] as const]),
  ];
}
