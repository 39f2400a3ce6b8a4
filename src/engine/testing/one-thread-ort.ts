/** The CPU build of onnxruntime-web with one thread, for tests. In Node it cannot count processors by itself: "Dynamic require is not supported". */
import * as ort from 'onnxruntime-web/wasm';

ort.env.wasm.numThreads = 1;

export { ort };
