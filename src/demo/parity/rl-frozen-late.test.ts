import { describeParity } from '../testing/parity-suite.ts';

describeParity('rl-frozen-late');
