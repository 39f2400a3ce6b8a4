import type { Identity } from '../theme/identity.ts';

/** How a checkpoint of the comparison, opened or merged, is shown. */
export type Shown = Pick<Identity, 'label' | 'colour'>;
