import { serveConvertPool } from '../src/engine/weights/convert-thread.ts';

serveConvertPool();
