/** Devices on which something is wrong on purpose: a graph that the engine compiles, or a kernel of exact spectra. */
import type { Backend } from '../../engine/backend/backend.ts';
import { createBackend } from '../../engine/backend/create.ts';
import { Engine } from '../../engine/engine.ts';
import type { Device } from '../../engine/protocol/device.ts';
import type { ModelId } from '../../engine/subject.ts';
import { INLINE } from '../../engine/testing/inline-surroundings.ts';
import type { Graph } from '../../graph/graph.ts';
import { decodeImage } from '../../image/decode.ts';
import { CpuBackend } from '../../spectra/cpu-backend.ts';
import { GpuSpectrumBackend } from '../../spectra/gpu/backend.ts';
import { requestSpectrumDevice } from '../../spectra/gpu/spectrum-device.ts';
import { inlineThreads } from '../../spectra/threads/inline.ts';
import type { CheckEngine } from '../engine-cases.ts';
import type { CheckedDevice, CheckedSpectra } from '../run.ts';

/** Makes another graph of one that is to be compiled. */
export type AlterGraph = (graph: Graph) => Graph;
/** Of one kernel, by its label: what stands in its code, and what is to stand there. */
export interface AlteredKernel {
  readonly label: string;
  readonly code: string;
  readonly by: string;
}

/** A device as the app has it, but for what is altered. */
export function deviceWith(
  device: Device,
  { graph = (same) => same, kernel }: { readonly graph?: AlterGraph; readonly kernel?: AlteredKernel } = {},
): CheckedDevice {
  const engine = new Engine({
    ...{ ...INLINE, decodeImage },
    createBackend: async (wanted) => compiling(await createBackend(wanted), graph),
  });
  const on: CheckEngine = {
    open: (name, files) => engine.open(name as ModelId, name, files),
    load: (...asked) => engine.load(...asked),
    close: (id) => engine.close(id),
    generate: (...asked) => engine.generate(...asked),
    generateAll: (request) => engine.generateAll(request),
    forward: (request) => engine.forward(request),
    scoreAnswer: (...asked) => engine.scoreAnswer(...asked),
    captureImageKv: (request) => engine.captureImageKv(request),
    captureImagesKv: (request) => engine.captureImagesKv(request),
    releaseKv: (handle) => engine.releaseKv(handle),
    cancel: (job) => engine.cancel(job),
  };
  return { device, engine: on, spectra: () => spectraWith(device, kernel) };
}

export async function spectraWith(device: Device, kernel?: AlteredKernel): Promise<CheckedSpectra> {
  if (device === 'wasm') return { backend: new CpuBackend(inlineThreads()), dispose: () => undefined };
  const gpu = await requestSpectrumDevice();
  if (kernel) alterKernel(gpu, kernel);
  const backend = await GpuSpectrumBackend.create({ device: gpu });
  return { backend, dispose: () => gpu.destroy() };
}

function compiling(backend: Backend, alter: AlterGraph): Backend {
  const compile = backend.compile.bind(backend);
  return Object.assign(backend, {
    compile: (graph: Graph, hostOutputs?: readonly string[]) => compile(alter(graph), hostOutputs),
  });
}

function alterKernel(gpu: GPUDevice, { label, code, by }: AlteredKernel): void {
  const create = gpu.createShaderModule.bind(gpu);
  gpu.createShaderModule = (descriptor) => {
    if (descriptor.label !== label) return create(descriptor);
    if (!descriptor.code.includes(code)) throw new RangeError(`${label} has no "${code}"`);
    return create({ ...descriptor, code: descriptor.code.replace(code, by) });
  };
}

/** The graph with every node of one operator as one of another, whose name has as many letters. */
export function withOperator(graph: Graph, operator: string, other: string): Graph {
  const text = new TextEncoder();
  const model = graph.model.slice();
  // NodeProto.op_type is field 4, a text.
  const node = Uint8Array.of(0x22, operator.length, ...text.encode(operator));
  for (let at = 0; at + node.length <= model.length; at++) {
    if (node.every((byte, index) => model[at + index] === byte)) model.set(text.encode(other), at + 2);
  }
  return { ...graph, model };
}
