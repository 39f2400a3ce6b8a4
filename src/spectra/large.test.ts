import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { accuracyOf } from './accuracy.ts';
import { CpuBackend } from './cpu-backend.ts';
import { spectrumMetrics } from './metrics.ts';
import { expectWithinBounds } from './testing/golden-bounds.ts';
import type { GoldenSpectrum } from './testing/golden-matrices.ts';
import { goldenMatrix, sumOf } from './testing/golden-matrices.ts';
import { inlineThreads } from './threads/inline.ts';

const file = new URL('../../tools/goldens/data/spectra/large.json', import.meta.url);

/** A minute of one core and 0.7 GB: asked for by `LARGE_SPECTRA=1 npx vitest run --project node src/spectra/large.test.ts`. */
describe.runIf(process.env['LARGE_SPECTRA'] === '1')('the down_proj of a 7B model', () => {
  it('has the spectrum that NumPy finds in float64', { timeout: 1_800_000 }, async () => {
    const golden = JSON.parse(readFileSync(file, 'utf8')) as GoldenSpectrum;
    const { rows, columns } = golden;
    const matrix = goldenMatrix(golden);
    expect(sumOf(matrix)).toBe(golden.sum);
    const before = process.cpuUsage();
    const values = await new CpuBackend(inlineThreads()).singularValues(matrix, rows, columns);
    console.info(`${rows} × ${columns}: ${(process.cpuUsage(before).user / 1e6).toFixed(1)} s of one core`);
    expectWithinBounds(spectrumMetrics(values, { topK: 50, accuracy: accuracyOf('cpu', rows) }), golden);
  });
});
