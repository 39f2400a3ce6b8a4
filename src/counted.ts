/** Numbers of things, as texts have them. */

/** A count with thin spaces between thousands: `152 064`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(?:\d{3}){1,6}$)/g, '\u2009');
}

/** Singular or plural: `1 layer`, `28 layers`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
