import { AS_PERCENT, type ValueAxis } from '../charts/axis/value-axis.ts';

/** A share from 0 to 1 as percent. */
export function shareAxis(title: string): ValueAxis {
  return { title, domain: [0, 1], ...AS_PERCENT };
}
