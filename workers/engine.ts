import { expose } from 'comlink';
import { installErrorTransfer } from '../src/engine/error-transfer.ts';
import { EngineHost } from '../src/engine/host.ts';

installErrorTransfer();
expose(new EngineHost());
