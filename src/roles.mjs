/**
 * What the checkpoints of a family are called: Base, IN (supervised cold start) and RL. Further checkpoints go by names of their own.
 *
 * @typedef {(typeof ROLES)[number]} Role in flags and result files
 * @typedef {(typeof ROLE_LABELS)[Role]} RoleLabel on pages, in recipes, and of models in results
 */

/** In the order of training. */
export const ROLES = /** @type {const} */ (['base', 'in', 'rl']);

export const ROLE_LABELS = /** @type {const} */ ({ base: 'Base', in: 'IN', rl: 'RL' });

/** What the update that led to a checkpoint is called in result files, as in the reference. */
export const UPDATE_KEYS = /** @type {const} */ ({ in: 'sft', rl: 'rl' });

/**
 * @param {string} name
 * @returns {name is Role}
 */
export function isRole(name) {
  return ROLES.some((role) => role === name);
}
