/**
 * An error a user can act on, as `src/named-error.ts` has it, for scripts that run before anything is
 * installed or built. `message` is one line: what; where; remedy.
 */
export class NamedError extends Error {
  /**
   * @param {import('../src/error-name.ts').ErrorName} name
   * @param {string} what what is wrong, with the value and the limit
   * @param {string} where the flag, file or folder; may be empty
   * @param {string} remedy what to do about it
   */
  constructor(name, what, where, remedy) {
    super(
      [what, where, remedy]
        .filter((part) => part !== '')
        .join('; ')
        .replace(/\s+/g, ' '),
    );
    this.name = name;
  }
}
