import { expose } from 'comlink';
import { installErrorTransfer } from '../src/work/error-transfer.ts';
import { installFolderTransfer } from '../src/merge/transfer.ts';
import { MergeHost } from '../src/merge/worker/host.ts';

installErrorTransfer();
installFolderTransfer();
expose(new MergeHost());
