/** Which build of onnxruntime-web serves which device. Each is fetched only when it is needed. */
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?gzip';
import threadedLoader from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import threadedWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { NamedError } from '../../named-error.ts';
import type { OrtModule } from './wasm.ts';

/** How WASM waits for the GPU. */
export type Bridge = 'jspi' | 'asyncify';

/**
 * More threads than this gain nothing on matrices of our size; and half the cores stay free, for a thread that
 * waits at a barrier for a core that is busy with the page costs more than it brings.
 */
const MAX_THREADS = 8;
const GZIP_FIRST_BYTE = 0x1f;

/** The better bridge this browser has. */
export function availableBridge(): Bridge {
  return 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';
}

/** Threads the WASM device will use; shared memory needs a cross-origin-isolated page. */
export function wasmThreads(): number {
  if (!crossOriginIsolated) return 1;
  return Math.max(1, Math.min(MAX_THREADS, Math.floor(navigator.hardwareConcurrency / 2)));
}

/** The CPU build. */
export async function loadWasmBuild(threads = wasmThreads()): Promise<OrtModule> {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = threads;
  // Left to itself the module spawns its threads from the bundle's address, and waits for them for ever.
  ort.env.wasm.wasmPaths = {
    mjs: new URL(threadedLoader, import.meta.url).href,
    wasm: new URL(threadedWasm, import.meta.url).href,
  };
  return ort;
}

/** The WebGPU build. Its CPU kernels only serve shapes and lengths, so one thread is enough. */
export async function loadWebGpuBuild(bridge: Bridge): Promise<OrtModule> {
  if (bridge === 'jspi') {
    const ort = await import('onnxruntime-web/jspi');
    ort.env.wasm.numThreads = 1;
    return ort;
  }
  const ort = await import('onnxruntime-web/webgpu');
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = await fetchUnpacked(asyncifyWasm);
  return ort;
}

/** Builds ship the file gzipped, to stay below hosts' size limits; development servers send it as it is. */
async function fetchUnpacked(address: string): Promise<ArrayBuffer> {
  const response = await fetch(new URL(address, import.meta.url));
  if (!response.ok) {
    throw new NamedError(
      'ModuleUnavailable',
      `the inference module answered ${response.status}`,
      { file: address },
      'reload the page; if it is served by you, see that the whole build folder is there',
    );
  }
  const bytes = await response.arrayBuffer();
  if (new Uint8Array(bytes)[0] !== GZIP_FIRST_BYTE) return bytes;
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}
