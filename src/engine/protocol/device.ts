/** Where graphs run: the native WebGPU execution provider, or onnxruntime's CPU kernels compiled to WASM. */
export type Device = 'webgpu' | 'wasm';

/** How linear weights are kept. Arithmetic is float32 throughout; q8 and q4 are blocks of 32 (`MatMulNBits`). */
export type WeightDtype = 'f32' | 'f16' | 'q8' | 'q4';
