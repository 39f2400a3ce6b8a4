import { expose } from 'comlink';
import { installErrorTransfer } from '../src/work/error-transfer.ts';
import { installMergeTransfer } from '../src/merge/transfer.ts';
import { EngineHost } from '../src/engine/host.ts';

installErrorTransfer();
installMergeTransfer();
expose(new EngineHost());
