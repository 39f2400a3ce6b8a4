import { wholeModel } from '../../engine/subject.ts';
import type { Command } from '../context.ts';
import { imageReading } from '../image-reading.ts';
import { promptOf } from '../prompt.ts';
import { provenance } from '../../identity/provenance.ts';
import { cancelled } from '../../work/cancel.ts';

/** Enough for short answers; it is also what the token swap decodes (VFL). */
const MAX_NEW_TOKENS = 64;

/** An answer to a prompt, its token counts and times. */
export const run: Command = async (context) => {
  const { flags, engine, checkpoints, signal } = context;
  const { summary, loaded } = await checkpoints.load('model');
  const seed = flags.requiredNumber('seed');
  const repetitionPenalty = flags.requiredNumber('repetitionPenalty');
  signal.addEventListener('abort', () => void engine.cancel('generate'));
  signal.throwIfAborted();
  const result = await engine.generate(
    {
      job: 'generate',
      subject: wholeModel(summary.id, summary.layers),
      ...promptOf(context),
      maxNewTokens: flags.number('maxNewTokens') ?? MAX_NEW_TOKENS,
      sampling: { temperature: flags.requiredNumber('temperature'), repetitionPenalty, seed },
    },
    () => undefined,
  );
  // A cancelled generation resolves with what it has; half an answer is no result.
  if (signal.aborted) throw cancelled();
  const [row] = result.rows;
  return {
    text: row?.text,
    tokens: row?.tokens,
    stop: row?.stop,
    promptTokens: result.promptTokens,
    imageTokens: result.imageTokens,
    device: result.device,
    dtype: result.dtype,
    seconds: { load: loaded.seconds, ...result.seconds },
    frankenscope: { ...provenance(summary, loaded, seed), ...imageReading(context), repetitionPenalty },
  };
};
