import { isolate } from './fallback.ts';

void isolate();
