import { expose } from 'comlink';
import { installErrorTransfer } from '../src/engine/error-transfer.ts';
import { installMergeTransfer } from '../src/merge/transfer.ts';
import { EngineHost } from '../src/engine/host.ts';

installErrorTransfer();
installMergeTransfer();
expose(new EngineHost());
