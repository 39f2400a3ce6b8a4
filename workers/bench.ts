import { expose } from 'comlink';
import { runBench } from '../src/bench/run.ts';
import { installErrorTransfer } from '../src/work/error-transfer.ts';

const api = { run: runBench };
export type BenchWorker = typeof api;

installErrorTransfer();
expose(api);
