import { arithmeticRate } from '../src/engine/arithmetic-rate.ts';

addEventListener('message', ({ data }: MessageEvent<number>) => postMessage(arithmeticRate(data)));
