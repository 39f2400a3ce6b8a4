import type { Backend } from './backend/backend.ts';
import { Decoder } from './decoder.ts';
import { GraphStore } from './graph-store.ts';
import { Head } from './head.ts';
import { VisionTower } from './vision-tower.ts';

/** A device and the parts of the model that can be run on it. */
export interface Runtime {
  readonly backend: Backend;
  readonly graphs: GraphStore;
  readonly vision: VisionTower;
  readonly decoder: Decoder;
  readonly head: Head;
}

export function createRuntime(backend: Backend): Runtime {
  const graphs = new GraphStore(backend);
  return {
    backend,
    graphs,
    vision: new VisionTower(backend, graphs),
    decoder: new Decoder(backend, graphs),
    head: new Head(backend, graphs),
  };
}
