/** Which of the three family slots a folder name speaks of; null when it does not say. */
type FamilyRole = 'base' | 'in' | 'rl';

/**
 * RL is asked first: "Qwen2.5-VL-7B-Instruct-GRPO" was trained from an instruct model, and "SFT-RL" after a
 * cold start. "instruct" and "base" say least and come last.
 */
const ROLES: readonly (readonly [FamilyRole, RegExp])[] = [
  ['rl', /(^|[^a-z])(rl|grpo|rlvr|rlhf|ppo|dapo|final)([^a-z]|$)/],
  ['in', /(^|[^a-z])(sft|cold[ _-]?start|in)([^a-z]|$)/],
  ['base', /(^|[^a-z])(base|instruct)([^a-z]|$)/],
];

/** Reads the role from a folder's name, e.g. `OpenMMReasoner-ColdStart` → `in`. */
export function guessRole(folder: string): FamilyRole | null {
  const name = folder.toLowerCase();
  return ROLES.find(([, pattern]) => pattern.test(name))?.[0] ?? null;
}
