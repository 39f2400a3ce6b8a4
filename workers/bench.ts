import { expose } from 'comlink';
import { runBench } from '../src/bench/run.ts';
import { installErrorTransfer } from '../src/work/error-transfer.ts';

installErrorTransfer();
expose({ run: runBench });
