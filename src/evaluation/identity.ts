import { identify } from '../identity/identify.ts';
import type { WorkIdentity } from '../identity/work-identity.ts';
import type { AnswerSettings } from './answers/ask.ts';
import type { Asked } from './variant.ts';

/**
 * What answers are kept under: one journal for each set of checkpoints that a variant takes parts from, as it is asked, each
 * answer under a key that says all that decides it. What else is loaded does not matter: IN's answers are found again
 * whatever stands beside it, and whatever questions are asked.
 */
export function answersIdentity(
  { sources, files = {}, adapter }: Asked,
  settings: AnswerSettings,
): WorkIdentity {
  const names = new Map(sources.map(({ fingerprint, name }) => [fingerprint, name]));
  const sorted = [...names.keys()].sort();
  const { maxNewTokens, maxImagePixels, imageProcessing, device, dtype } = settings;
  // Of no set: answers to all that is asked in this way lie together.
  const where = device === dtype ? device : `${dtype} on ${device}`;
  const title = `Answers of ${[...names.values()].join(', ')}, ${maxNewTokens} new tokens, ${where}`;
  return identify('answers', title, {
    weights: Object.fromEntries(sorted.map((fingerprint, index) => [String(index), fingerprint])),
    ...{ files, adapter: adapter ?? null, system: settings.style.system ?? null },
    ...{ maxNewTokens, maxImagePixels, imageProcessing, device, dtype },
  });
}
