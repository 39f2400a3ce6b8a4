import { expose } from 'comlink';
import { installErrorTransfer } from '../src/work/error-transfer.ts';
import { installFolderTransfer } from '../src/merge/transfer.ts';
import { EngineHost } from '../src/engine/host.ts';

installErrorTransfer();
installFolderTransfer();
expose(new EngineHost());
