/**
 * Does every step, whatever happens to the others. What fails is told and never thrown: an error of tidying up would stand in the
 * place of the one that ended the work, or of its result.
 * @param {(line: string) => void} tell
 * @param {Readonly<Record<string, () => unknown>>} steps by what is done: "the browser could not be closed"
 */
export async function cleanUp(tell, steps) {
  for (const [failed, step] of Object.entries(steps)) {
    try {
      await step();
    } catch (error) {
      tell(`${failed}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  }
}
