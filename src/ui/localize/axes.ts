import { percentText, type ValueAxis } from '../charts/axis/value-axis.ts';

/** A share from 0 to 1 as percent. */
export function shareAxis(title: string): ValueAxis {
  return {
    title,
    domain: [0, 1],
    format: percentText,
    tick: (value) => String(Math.round(value * 100)),
  };
}
