import { expose } from 'comlink';
import { installErrorTransfer } from '../src/engine/error-transfer.ts';
import { installMergeTransfer } from '../src/merge/transfer.ts';
import { MergeHost } from '../src/merge/worker/host.ts';

installErrorTransfer();
installMergeTransfer();
expose(new MergeHost());
