/** The engine's worker as the package has it: the app's also opens merges. */
import { expose } from 'comlink';
import { EngineHost } from '../../src/engine/host.ts';
import { installErrorTransfer } from '../../src/work/error-transfer.ts';

installErrorTransfer();
expose(new EngineHost());
