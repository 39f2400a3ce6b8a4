import { describeDistributions } from './testing/distribution-suite.ts';
import { wasmBackend } from './testing/golden-model.ts';

describeDistributions('wasm', () => Promise.resolve(wasmBackend()));
