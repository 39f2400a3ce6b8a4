/** A complex number in double precision. Functions take principal values. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const real = (re: number): Complex => ({ re, im: 0 });

/** No value: of anything undefined. */
export const NOWHERE: Complex = { re: NaN, im: NaN };

export const plus = (a: Complex, b: Complex): Complex => ({ re: a.re + b.re, im: a.im + b.im });

export const minus = (a: Complex, b: Complex): Complex => ({ re: a.re - b.re, im: a.im - b.im });

export const opposite = (a: Complex): Complex => ({ re: -a.re, im: a.im === 0 ? 0 : -a.im });

/** Real factors are kept real: ∞ · 0i would be no number. */
export const times = (a: Complex, b: Complex): Complex =>
  a.im === 0 && b.im === 0
    ? real(a.re * b.re)
    : { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };

export function over(a: Complex, b: Complex): Complex {
  if (b.im === 0) return b.re === 0 ? NOWHERE : { re: a.re / b.re, im: a.im / b.re };
  const square = b.re * b.re + b.im * b.im;
  if (square === 0) return NOWHERE;
  return { re: (a.re * b.re + a.im * b.im) / square, im: (a.im * b.re - a.re * b.im) / square };
}

export const size = (a: Complex): number => Math.hypot(a.re, a.im);

export const isFinite = (a: Complex): boolean => Number.isFinite(a.re) && Number.isFinite(a.im);

export function exponential(a: Complex): Complex {
  const length = Math.exp(a.re);
  return a.im === 0 ? real(length) : { re: length * Math.cos(a.im), im: length * Math.sin(a.im) };
}

export function logarithm(a: Complex): Complex {
  return size(a) === 0 ? NOWHERE : { re: Math.log(size(a)), im: Math.atan2(a.im, a.re) };
}

export function toPower(base: Complex, exponent: Complex): Complex {
  if (base.im === 0 && exponent.im === 0 && (base.re >= 0 || Number.isInteger(exponent.re))) {
    return real(base.re ** exponent.re);
  }
  return size(base) === 0 ? NOWHERE : exponential(times(exponent, logarithm(base)));
}

export function sine(a: Complex): Complex {
  return { re: Math.sin(a.re) * Math.cosh(a.im), im: Math.cos(a.re) * Math.sinh(a.im) };
}

export function cosine(a: Complex): Complex {
  return { re: Math.cos(a.re) * Math.cosh(a.im), im: -Math.sin(a.re) * Math.sinh(a.im) };
}
