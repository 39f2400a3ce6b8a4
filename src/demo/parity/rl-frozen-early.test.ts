import { describeParity } from '../testing/parity-suite.ts';

// The graphs and the shapes of rl, which is compared whole.
describeParity('rl-frozen-early', 10);
