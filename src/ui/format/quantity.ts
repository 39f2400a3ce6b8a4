import { t } from './texts.ts';

export { count, counted } from '../../counted.ts';

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Three significant digits, without trailing zeros: 1.5, 15.4, 154. */
function short(value: number): string {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

/** Bytes in binary units: `2 GiB`, `15.4 GiB`, `812 B`. */
export function bytes(count: number): string {
  if (!Number.isFinite(count)) return t.noLimit;
  let value = count;
  let unit = 0;
  while (value >= 1023.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${short(value)} ${BYTE_UNITS[unit]}`;
}

/** Parameters as the field says them: `8.29 B`, `135 M`, `412 k`. */
export function parameters(count: number): string {
  for (const [size, unit] of [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (count >= size * 0.9995) return `${short(count / size)} ${unit}`;
  }
  return String(count);
}

/** Seconds: `0.42 s`, `8.1 s`, `41 s`, `3 min 20 s`, `1 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 1) return t.seconds(Number(seconds.toFixed(2)));
  if (seconds < 9.95) return t.seconds(Number(seconds.toFixed(1)));
  const whole = Math.round(seconds);
  if (whole < 60) return t.seconds(whole);
  if (whole < 3600) return t.minutes(Math.floor(whole / 60), whole % 60);
  const minutes = Math.round(whole / 60);
  return t.hours(Math.floor(minutes / 60), minutes % 60);
}

/** A rate: `812 MiB/s`. */
export function bytesPerSecond(rate: number): string {
  return t.rate.bytes(bytes(rate));
}

/** A share or relative error, 0…1, as percent with three significant digits: `0.412 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** A layer index as it is drawn, with a true minus: `−3`, `0`, `28`. */
export function layerIndex(index: number): string {
  return index < 0 ? `\u2212${-index}` : String(index);
}

/** A large number in words: "4.3 billion", "27 trillion". */
export function magnitude(value: number): string {
  for (const [size, name] of t.magnitudes) {
    if (value >= size) return `${Number((value / size).toPrecision(2))} ${name}`;
  }
  return String(Math.round(value));
}
