import { describe, expect, it } from 'vitest';
import { uniformMatrix } from './known-spectrum.ts';
import { factorPanel } from './panel.ts';

describe('factorPanel', () => {
  it('gives an orthogonal H = I − Y T Yᵀ with Hᵀ P = [R; 0]', () => {
    const [rows, width] = [20, 6];
    const panel = uniformMatrix(rows, width, 2);
    // A column of zeros below the diagonal, and a zero column, need no reflector.
    for (let i = 0; i < rows; i++) panel[i * width + 3] = 0;
    const { y, t, r } = factorPanel(panel, rows, width);
    const h = new Float64Array(rows * rows);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) {
        let sum = Number(i === j);
        for (let k = 0; k < width; k++) {
          for (let l = 0; l < width; l++) {
            sum -= (y[i * width + k] as number) * (t[k * width + l] as number) * (y[j * width + l] as number);
          }
        }
        h[i * rows + j] = sum;
      }
    }
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) {
        let dot = 0;
        for (let k = 0; k < rows; k++) dot += (h[k * rows + i] as number) * (h[k * rows + j] as number);
        expect(dot).toBeCloseTo(Number(i === j), 13);
      }
      for (let c = 0; c < width; c++) {
        let product = 0;
        for (let k = 0; k < rows; k++)
          product += (h[k * rows + i] as number) * (panel[k * width + c] as number);
        expect(product).toBeCloseTo(i < width ? (r[i * width + c] as number) : 0, 13);
        if (i > c && i < width) expect(r[i * width + c]).toBe(0);
      }
    }
  });
});
