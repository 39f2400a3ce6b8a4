/** The kernels of one device, compiled once. */
import { NamedError } from '../../named-error.ts';
import type { Kernel, KernelSource } from './kernel.ts';
import { compileKernel } from './kernel.ts';
import type { PanelShape } from './panel-shape.ts';
import type { SpectrumDevice } from './spectrum-device.ts';
import { combine } from './wgsl/combine.ts';
import { extractBand } from './wgsl/extract-band.ts';
import { multiply, sumParts } from './wgsl/multiply.ts';
import { place } from './wgsl/place.ts';
import { projectColumns, projectRows } from './wgsl/project.ts';
import { rankUpdate } from './wgsl/rank-update.ts';
import { reflectors } from './wgsl/reflectors.ts';
import { treeNode } from './wgsl/tree-node.ts';
import { clearBelowDiagonal } from './wgsl/triangle.ts';

export interface Kernels {
  readonly shape: PanelShape;
  readonly node: Kernel;
  readonly reflectors: Kernel;
  readonly projectColumns: Kernel;
  readonly projectRows: Kernel;
  readonly combine: Kernel;
  readonly rankUpdate: Kernel;
  readonly place: Kernel;
  readonly placeTransposed: Kernel;
  readonly clearBelowDiagonal: Kernel;
  readonly extractBand: Kernel;
  readonly multiply: Kernel;
  readonly multiplyTransposed: Kernel;
  readonly sumParts: Kernel;
}

/** @throws NamedError `GpuRejected` with the compiler's words, `DeviceLost` */
export async function compileKernels(gpu: SpectrumDevice, shape: PanelShape): Promise<Kernels> {
  const { width } = shape;
  const compile = async (source: KernelSource): Promise<Kernel> => {
    // In an object: a promise handed back by a promise would be awaited inside.
    const { kernel } = await gpu.watched(`kernel ${source.label}`, () => {
      const kernel = compileKernel(gpu.device, source);
      // Its failure is told by the scopes, with the compiler's words.
      kernel.catch(() => undefined);
      return { kernel };
    });
    try {
      return await gpu.unlessLost(kernel);
    } catch (error) {
      if (error instanceof NamedError) throw error;
      // A driver's own compiler speaks here, not in the scopes.
      const remedy = 'this is a bug worth reporting; use the CPU';
      throw new NamedError('GpuRejected', `kernel ${source.label}: ${String(error)}`, {}, remedy, {
        cause: error,
      });
    }
  };
  return {
    shape,
    node: await compile(treeNode(shape)),
    reflectors: await compile(reflectors(shape)),
    projectColumns: await compile(projectColumns(width)),
    projectRows: await compile(projectRows(width)),
    combine: await compile(combine(width)),
    rankUpdate: await compile(rankUpdate(width)),
    place: await compile(place(false)),
    placeTransposed: await compile(place(true)),
    clearBelowDiagonal: await compile(clearBelowDiagonal),
    extractBand: await compile(extractBand(width)),
    multiply: await compile(multiply(false)),
    multiplyTransposed: await compile(multiply(true)),
    sumParts: await compile(sumParts),
  };
}
