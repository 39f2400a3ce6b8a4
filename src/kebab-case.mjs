/**
 * A setting's name as the flag of a command: `maxNewTokens` is `max-new-tokens`.
 * @param {string} name in camel case
 */
export function kebabCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
