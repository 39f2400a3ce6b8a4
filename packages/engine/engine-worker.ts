/** The engine's worker as the package has it: the app's also opens merges, and fetches the engine with its first call. */
import { expose } from 'comlink';
import { EngineHost } from '../../src/engine/host.ts';
import { EngineStarter } from '../../src/engine/starter.ts';
import { installErrorTransfer } from '../../src/work/error-transfer.ts';

installErrorTransfer();
expose(
  new EngineStarter((port, threads) => {
    expose(new EngineHost(threads), port);
    return Promise.resolve();
  }),
);
