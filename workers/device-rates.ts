import { serveRates } from '../src/check/measure/serve.ts';

serveRates();
