import { mapInFlight } from '../work/in-flight.ts';
import { sha256OfText } from '../work/sha256.ts';
import type { LongWork } from '../work/long-work.ts';
import type { Pair } from '../probes/data/pair.ts';
import { picturesIn } from '../probes/data/picture.ts';
import { pictureHash } from '../probes/data/picture-hash.ts';
import type { Problem } from '../probes/data/problem.ts';

/**
 * SHA-256, in hex, over all that samples ask and state, pictures whole: what names a set, wherever it lies and whatever it is called.
 * Pictures are read once for as long as they are held.
 *
 * @throws NamedError `BadPicture`, `Cancelled`
 */
export async function samplesFingerprint(
  samples: readonly (Pair | Problem)[],
  { signal, onProgress }: Pick<LongWork<never>, 'signal' | 'onProgress'> = {},
): Promise<string> {
  let done = 0;
  const one = async (sample: Pair | Problem): Promise<string> => {
    const text = JSON.stringify('task' in sample ? await ofPair(sample) : await ofProblem(sample));
    done += 1;
    onProgress?.({ phase: 'reading pictures', done, total: samples.length, unit: 'samples' });
    return text;
  };
  return sha256OfText((await mapInFlight(samples, one, signal)).join('\n'));
}

async function ofPair(pair: Pair): Promise<readonly unknown[]> {
  const { task, id, prompt, targetAnswer, sourceAnswer, target, source, iouThreshold } = pair;
  const pictures = [await pictureHash(target), await pictureHash(source)];
  return [task, id, prompt, targetAnswer, sourceAnswer, iouThreshold ?? null, pictures];
}

async function ofProblem(problem: Problem): Promise<readonly unknown[]> {
  const { id, question, answer, choices, around } = problem;
  const pictures = await Promise.all(picturesIn(problem).map(pictureHash));
  return [id, question, answer, choices ?? null, around ?? null, pictures];
}
