/** The engine that a worker would run, on the page: tests see what it reads, and no worker is built for them. */
import { expose } from 'comlink';
import { EngineClient } from '../../engine/client.ts';
import { EngineStarter } from '../../engine/starter.ts';
import { serveEngine } from '../../../workers/engine-modules.ts';
import { inlineThreads } from '../../spectra/threads/inline.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import type { StudySurroundings } from '../state/study-surroundings.ts';

export function engineOnPage(): EngineClient {
  return new EngineClient(() => {
    const { port1, port2 } = new MessageChannel();
    expose(new EngineStarter((port, threads) => Promise.resolve(serveEngine(port, threads))), port2);
    return Object.assign(port1, { terminate: () => port1.close() }) as unknown as Worker;
  });
}

/** Journals that last as long as the test, and sums in the page's own thread. */
export const surroundings = (): StudySurroundings => ({
  journals: new Journals(new MemoryStorage()),
  computers: () =>
    Promise.resolve({
      threads: inlineThreads(),
      device: 'cpu' as const,
      computer: 'cpu',
      dispose: () => undefined,
    }),
});
