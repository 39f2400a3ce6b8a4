import type { PromptSpec } from '../engine/protocol.ts';
import type { CommandContext } from './context.ts';

/** The prompt that `--prompt`, `--image` and `--system` make. */
export function promptOf({ flags, inputs }: CommandContext): PromptSpec {
  const system = flags.text('system');
  return {
    prompt: flags.requiredText('prompt'),
    images: inputs.list('image'),
    ...(system === undefined ? {} : { system }),
  };
}
