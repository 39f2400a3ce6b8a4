import { expose } from 'comlink';
import { readSlice } from '../src/bench/bare-read.ts';
import { installErrorTransfer } from '../src/work/error-transfer.ts';

installErrorTransfer();
expose({ read: readSlice });
