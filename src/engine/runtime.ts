import type { Backend } from './backend/backend.ts';
import { raggedRowsHold } from './backend/ragged-check.ts';
import { Beginnings } from './beginnings.ts';
import { Decoder } from './decoder.ts';
import { Distributions } from './distribution.ts';
import { GraphStore } from './graph-store.ts';
import { Head } from './head.ts';
import { SharedLayers } from './shared-layers.ts';
import { VisionTower } from './vision-tower.ts';
import { WorkAccount } from './work-account.ts';

/** A device and the parts of the model that can be run on it. */
export interface Runtime {
  readonly backend: Backend;
  readonly graphs: GraphStore;
  readonly vision: VisionTower;
  readonly decoder: Decoder;
  readonly head: Head;
  readonly beginnings: Beginnings;
  readonly shared: SharedLayers;
  readonly distributions: Distributions;
  /** What was computed on it. */
  readonly account: WorkAccount;
  /** Whether rows of one decode step may stand at different positions: tried out when it is first asked, where not each row's mask says it. */
  raggedRows(): Promise<boolean>;
}

/** `layersPerRun`: most layers that are run at once; default: as many as there are. */
export function createRuntime(backend: Backend, layersPerRun?: number): Runtime {
  const graphs = new GraphStore(backend);
  const decoder = new Decoder(backend, graphs, layersPerRun);
  const account = new WorkAccount();
  let ragged: Promise<boolean> | undefined;
  return {
    backend,
    graphs,
    vision: new VisionTower(backend, graphs),
    decoder,
    beginnings: new Beginnings(backend, decoder, account, () => graphs.isBounded),
    shared: new SharedLayers(backend),
    head: new Head(backend, graphs),
    distributions: new Distributions(backend, graphs),
    account,
    raggedRows: () => (ragged ??= backend.sharedCache ? raggedRowsHold(backend) : Promise.resolve(true)),
  };
}
