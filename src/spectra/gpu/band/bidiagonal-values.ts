/**
 * Singular values of a bidiagonal matrix by the QR iteration that keeps tiny values' leading digits: shifted where a
 * shift is harmless, else with shift zero (Demmel and Kahan 1990, "Accurate singular values of bidiagonal matrices";
 * LAPACK's dbdsqr).
 */
import { Yielder } from '../../../work/turns.ts';
import { NamedError } from '../../../named-error.ts';
import type { Bidiagonal } from './bidiagonalize.ts';
import { length } from './length.ts';
import { throwIfCancelled } from '../../../work/cancel.ts';

const EPS = 2 ** -53;
/** dbdsqr's max(10, min(100, ε^(−1/8))) · ε: what an off-diagonal entry may add to a value, relative. */
const TOLERANCE = 98.7 * EPS;
/** Sweeps per value; two to three are usual. */
const MAX_SWEEPS = 30;
const SMALLEST = 2 ** -1022;

/**
 * All singular values, descending, with relative accuracy of about 100·size·2⁻⁵³ each.
 *
 * @throws NamedError `NonFiniteMatrix`, `NotConverged`, `Cancelled`
 */
export async function bidiagonalValues(matrix: Bidiagonal, signal?: AbortSignal): Promise<Float64Array> {
  const yielder = new Yielder();
  const iteration = new QrIteration(matrix);
  while (iteration.step()) {
    await yielder.pause();
    throwIfCancelled(signal);
  }
  return iteration.values();
}

class QrIteration {
  readonly #d: Float64Array;
  readonly #e: Float64Array;
  /** Entries beyond this row are done. */
  #last: number;
  /** The block whose direction was chosen, so that it is chosen once. */
  #blockStart = -1;
  #blockEnd = -1;
  readonly #threshold: number;
  #sweeps = 0;

  constructor({ diagonal, superdiagonal }: Bidiagonal) {
    this.#d = diagonal.slice();
    this.#e = superdiagonal.slice();
    this.#last = diagonal.length - 1;
    if (![this.#d, this.#e].every((values) => values.every(Number.isFinite))) {
      throw new NamedError(
        'NonFiniteMatrix',
        'a bidiagonal matrix holds infinities or NaN',
        {},
        'what reduced the matrix went wrong; use the CPU',
      );
    }
    this.#threshold = absoluteThreshold(this.#d, this.#e);
  }

  values(): Float64Array {
    return this.#d.map(Math.abs).sort().reverse();
  }

  /** One sweep over the last block that is not diagonal yet; false when none is left. */
  step(): boolean {
    const d = this.#d;
    const e = this.#e;
    // A block is [first, last]: no negligible e inside it.
    let first: number;
    for (;;) {
      if (this.#last <= 0) return false;
      first = this.#last;
      while (first > 0 && Math.abs(e[first - 1] as number) > this.#threshold) first--;
      if (first > 0) e[first - 1] = 0;
      if (first < this.#last) break;
      this.#last--;
    }
    const last = this.#last;
    if (++this.#sweeps > MAX_SWEEPS * d.length + MAX_SWEEPS) {
      throw new NamedError(
        'NotConverged',
        `the singular values of a bidiagonal matrix of size ${d.length} did not converge`,
        {},
        'this is a bug worth reporting',
      );
    }
    if (last - first === 1) {
      const [larger, smaller] = twoByTwo(d[first] as number, e[first] as number, d[last] as number);
      d[first] = larger;
      d[last] = smaller;
      e[first] = 0;
      this.#last -= 2;
      return true;
    }
    if (first >= this.#blockEnd || last <= this.#blockStart) this.#turnRound(first, last);
    this.#blockStart = first;
    this.#blockEnd = last;
    const smallest = this.#converge(first, last);
    if (smallest < 0) return true;
    const shift = this.#shift(first, last, smallest);
    if (shift === 0) zeroShiftSweep(d, e, first, last);
    else shiftedSweep(d, e, first, last, shift);
    if (Math.abs(e[last - 1] as number) <= this.#threshold) e[last - 1] = 0;
    return true;
  }

  /** Small values belong to the end of a block, where they converge. The block read backwards is its transpose. */
  #turnRound(first: number, last: number): void {
    if (Math.abs(this.#d[first] as number) >= Math.abs(this.#d[last] as number)) return;
    this.#d.subarray(first, last + 1).reverse();
    this.#e.subarray(first, last).reverse();
  }

  /** Demmel and Kahan's criteria 1 and 2. A lower bound on the block's smallest value, or −1 when an e was set to zero. */
  #converge(first: number, last: number): number {
    const d = this.#d;
    const e = this.#e;
    if (Math.abs(e[last - 1] as number) <= TOLERANCE * Math.abs(d[last] as number)) {
      e[last - 1] = 0;
      return -1;
    }
    let mu = Math.abs(d[first] as number);
    let smallest = mu;
    for (let i = first; i < last; i++) {
      const off = Math.abs(e[i] as number);
      if (off <= TOLERANCE * mu) {
        e[i] = 0;
        return -1;
      }
      mu = Math.abs(d[i + 1] as number) * (mu / (mu + off));
      smallest = Math.min(smallest, mu);
    }
    return smallest;
  }

  /** The smaller value of the last 2 × 2; zero where a shift would cost the tiny values their accuracy. */
  #shift(first: number, last: number, smallest: number): number {
    const d = this.#d;
    const e = this.#e;
    let largest = 0;
    for (let i = first; i <= last; i++) largest = Math.max(largest, Math.abs(d[i] as number));
    for (let i = first; i < last; i++) largest = Math.max(largest, Math.abs(e[i] as number));
    if (d.length * TOLERANCE * (smallest / largest) <= Math.max(EPS, 0.01 * TOLERANCE)) return 0;
    const [, shift] = twoByTwo(d[last - 1] as number, e[last - 1] as number, d[last] as number);
    const start = Math.abs(d[first] as number);
    return start > 0 && (shift / start) ** 2 < EPS ? 0 : shift;
  }
}

/** dbdsqr's absolute threshold: tolerance × a lower bound of the smallest value / √size. */
function absoluteThreshold(d: Float64Array, e: Float64Array): number {
  let mu = Math.abs(d[0] ?? 0);
  let lower = mu;
  for (let i = 1; i < d.length && lower > 0; i++) {
    mu = Math.abs(d[i] as number) * (mu / (mu + Math.abs(e[i - 1] as number)));
    lower = Math.min(lower, mu);
  }
  lower /= Math.sqrt(Math.max(1, d.length));
  return Math.max(TOLERANCE * lower, MAX_SWEEPS * d.length * d.length * SMALLEST);
}

/** Implicit zero-shift QR, top to bottom. */
function zeroShiftSweep(d: Float64Array, e: Float64Array, first: number, last: number): void {
  let c = 1;
  let oldC = 1;
  let oldS = 0;
  for (let i = first; i < last; i++) {
    const f = (d[i] as number) * c;
    const g = e[i] as number;
    const r = length(f, g);
    c = r === 0 ? 1 : f / r;
    const s = r === 0 ? 0 : g / r;
    if (i > first) e[i - 1] = oldS * r;
    const f2 = oldC * r;
    const g2 = (d[i + 1] as number) * s;
    const r2 = length(f2, g2);
    oldC = r2 === 0 ? 1 : f2 / r2;
    oldS = r2 === 0 ? 0 : g2 / r2;
    d[i] = r2;
  }
  const h = (d[last] as number) * c;
  d[last] = h * oldC;
  e[last - 1] = h * oldS;
}

/** Golub and Kahan's shifted QR, top to bottom. */
function shiftedSweep(d: Float64Array, e: Float64Array, first: number, last: number, shift: number): void {
  const start = d[first] as number;
  let f = (Math.abs(start) - shift) * (Math.sign(start) + shift / start);
  let g = e[first] as number;
  for (let i = first; i < last; i++) {
    let r = length(f, g);
    const cr = r === 0 ? 1 : f / r;
    const sr = r === 0 ? 0 : g / r;
    if (i > first) e[i - 1] = r;
    const di = d[i] as number;
    const ei = e[i] as number;
    const next = d[i + 1] as number;
    f = cr * di + sr * ei;
    const off = cr * ei - sr * di;
    g = sr * next;
    const below = cr * next;
    r = length(f, g);
    const cl = r === 0 ? 1 : f / r;
    const sl = r === 0 ? 0 : g / r;
    d[i] = r;
    f = cl * off + sl * below;
    d[i + 1] = cl * below - sl * off;
    if (i < last - 1) {
      g = sl * (e[i + 1] as number);
      e[i + 1] = cl * (e[i + 1] as number);
    }
  }
  e[last - 1] = f;
}

/** Both singular values of [[f, g], [0, h]], larger first (LAPACK's dlas2). */
function twoByTwo(f: number, g: number, h: number): [number, number] {
  const fa = Math.abs(f);
  const ga = Math.abs(g);
  const ha = Math.abs(h);
  const low = Math.min(fa, ha);
  const high = Math.max(fa, ha);
  if (low === 0) return [high === 0 ? ga : high * Math.sqrt(1 + (ga / high) ** 2), 0];
  if (ga < high) {
    const as = 1 + low / high;
    const at = (high - low) / high;
    const au = (ga / high) ** 2;
    const c = 2 / (Math.sqrt(as * as + au) + Math.sqrt(at * at + au));
    return [high / c, low * c];
  }
  const au = high / ga;
  if (au === 0) return [ga, (low * high) / ga];
  const as = 1 + low / high;
  const at = (high - low) / high;
  const c = 1 / (Math.sqrt(1 + (as * au) ** 2) + Math.sqrt(1 + (at * au) ** 2));
  return [ga / (c + c), 2 * (low * c) * au];
}
