import { expose } from 'comlink';
import { installErrorTransfer } from '../src/engine/error-transfer.ts';
import { ReadingHost } from '../src/reading/host.ts';

installErrorTransfer();
expose(new ReadingHost());
