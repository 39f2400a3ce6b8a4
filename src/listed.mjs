/**
 * "Base, IN and RL", "IN".
 * @param {readonly string[]} names
 */
export function listed(names) {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
