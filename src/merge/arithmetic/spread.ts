/**
 * Running standard deviation over the pieces of a tensor: sums of the values less the first one, in float64, so
 * that a mean far from zero (norm weights lie around 1) costs no digits.
 */
export class Spread {
  #count = 0;
  #shift = 0;
  #sum = 0;
  #squares = 0;

  add(values: Float32Array): void {
    if (this.#count === 0) this.#shift = values[0] ?? 0;
    let [sum, squares] = [0, 0];
    for (let i = 0; i < values.length; i += 1) {
      const difference = (values[i] as number) - this.#shift;
      sum += difference;
      squares += difference * difference;
    }
    this.#sum += sum;
    this.#squares += squares;
    this.#count += values.length;
  }

  /** √(Σ(x − x̄)² / (n − 1)), as `torch.std`; 0 for fewer than two values, where that is undefined. */
  get deviation(): number {
    if (this.#count < 2) return 0;
    const variance = (this.#squares - this.#sum ** 2 / this.#count) / (this.#count - 1);
    return Math.sqrt(Math.max(0, variance));
  }
}
