/** Reproducible test data: values in (−`scale`, `scale`), rounded to float32; the golden-ratio sequence never repeats. */
export function values(count: number, seed: number, scale = 1): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, index) => {
    const turn = (index + 1) * 0.6180339887498949 + seed * 0.754877666;
    return scale * Math.sin(2 * Math.PI * (turn % 1) + 1e-3 * index * seed);
  });
}
