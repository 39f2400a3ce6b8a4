import { expose } from 'comlink';
import { installErrorTransfer } from '../src/work/error-transfer.ts';
import { EngineStarter } from '../src/engine/starter.ts';

installErrorTransfer();
expose(
  new EngineStarter(async (port, threads) => {
    const { serveEngine } = await import('./engine-modules.ts');
    serveEngine(port, threads);
  }),
);
