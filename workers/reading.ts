import { expose } from 'comlink';
import { installErrorTransfer } from '../src/work/error-transfer.ts';
import { ReadingHost } from '../src/reading/host.ts';

installErrorTransfer();
expose(new ReadingHost());
