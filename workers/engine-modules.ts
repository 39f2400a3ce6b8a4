/** The engine itself: what its worker fetches with the first call. */
import { expose } from 'comlink';
import { EngineHost } from '../src/engine/host.ts';
import { installFolderTransfer } from '../src/merge/transfer.ts';

/** An engine of its own for whoever holds the other end of the port. */
export function serveEngine(port: MessagePort, threads?: number): void {
  installFolderTransfer();
  expose(new EngineHost(threads), port);
}
