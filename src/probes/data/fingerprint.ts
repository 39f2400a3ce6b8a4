import type { Pair } from './pair.ts';
import type { Problem } from './problem.ts';

/**
 * 32 hex digits of a SHA-256 over what samples ask and state, and their images' sizes in bytes: tells sets apart without
 * reading every image.
 */
export async function samplesFingerprint(samples: readonly (Pair | Problem)[]): Promise<string> {
  const text = samples.map((sample) => JSON.stringify('task' in sample ? ofPair(sample) : ofProblem(sample)));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text.join('\n')));
  return Array.from(new Uint8Array(digest).subarray(0, 16), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

function ofPair({ task, id, prompt, targetAnswer, sourceAnswer, target, source }: Pair): readonly unknown[] {
  return [task, id, prompt, targetAnswer, sourceAnswer, target.size, source.size];
}

function ofProblem({
  id,
  question,
  answer,
  image,
  moreImages,
  around,
  choices,
}: Problem): readonly unknown[] {
  const more = moreImages || around ? [moreImages?.map(({ size }) => size), around] : [];
  return [id, question, answer, image?.size ?? 0, choices ?? [], ...more];
}
