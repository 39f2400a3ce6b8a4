import type { PromptSpec } from '../engine/protocol/prompt.ts';
import type { CommandContext } from './context.ts';
import { imageReading } from './image-reading.ts';

/** The prompt that `--prompt`, `--image` and `--system` make, its images read as the flags say. */
export function promptOf(context: CommandContext): PromptSpec {
  const { flags, inputs } = context;
  const system = flags.text('system');
  return {
    prompt: flags.requiredText('prompt'),
    images: inputs.list('image'),
    ...imageReading(context),
    ...(system === undefined ? {} : { system }),
  };
}
