/** The engine's worker, with a way to kill it: the message "die" throws where nobody catches. */
import '../../../workers/engine.ts';

// Vitest turns each import() into a call of its runner, which lives in the page alone.
Object.assign(globalThis, {
  __vitest_browser_runner__: { wrapDynamicImport: <T>(load: () => T): T => load() },
});

addEventListener('message', ({ data }) => {
  if (data !== 'die') return;
  setTimeout(() => {
    throw new Error('killed for the test');
  });
});
