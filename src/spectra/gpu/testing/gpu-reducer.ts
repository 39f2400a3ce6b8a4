import { compileKernels } from '../kernels.ts';
import type { PanelShape } from '../panel-shape.ts';
import { Reduction } from '../reduction.ts';
import type { SpectrumDevice } from '../spectrum-device.ts';
import { Submissions } from '../submissions.ts';
import { Uploader } from '../upload.ts';
import type { BandReducer } from './band-suite.ts';

/** The kernels' reduction to a band, without what the backend does around it. */
export async function gpuReducer(gpu: SpectrumDevice, shape: PanelShape): Promise<BandReducer> {
  const kernels = await compileKernels(gpu, shape);
  return {
    width: shape.width,
    async reduce(data, rows, cols) {
      const work = new Submissions(gpu);
      const buffer = await gpu.allocate('the matrix', 4 * rows * cols);
      const uploader = await Uploader.create(gpu, kernels, work);
      const reduction = await Reduction.prepare(gpu, kernels, work, { buffer, rows, cols });
      const to = { buffer, stride: cols, firstRow: 0 };
      await uploader.write({ data, rows, cols }, false, [0, rows], to, 1);
      const band = await reduction.toBand(rows);
      await work.dispose();
      uploader.dispose();
      reduction.dispose();
      buffer.destroy();
      return band;
    },
  };
}
