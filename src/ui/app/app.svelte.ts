import { createContext } from 'svelte';
import type { EngineApi } from '../../engine/protocol.ts';
import { withdrawCopies } from '../../study/weights/loaded.ts';
import { PREPARING } from '../analyses/preparing.ts';
import { Characterize } from '../characterize/characterize.svelte.ts';
import { Samples } from '../demo/samples.svelte.ts';
import { Localize } from '../localize/localize.svelte.ts';
import { Necessity } from '../necessity/necessity.svelte.ts';
import { Perception } from '../perception/perception.svelte.ts';
import { Donors } from '../state/donors.svelte.ts';
import { KeptResults } from '../state/kept-results.svelte.ts';
import { RunCosts } from '../state/run-costs.svelte.ts';
import { browserSurroundings, type StudySurroundings } from '../state/study-surroundings.ts';
import { Studies } from '../studies/studies.svelte.ts';
import { TransferEvaluation } from '../transfer/evaluation.svelte.ts';
import { Stitcher } from '../transfer/stitcher.svelte.ts';
import { FirstStores } from './first-stores.ts';

/** Every store of the app around one engine: those of the start page, and those that come with the first page, sheet or file beyond it. */
export class AppState {
  readonly view: FirstStores['view'];
  readonly appearance: FirstStores['appearance'];
  readonly jobs: FirstStores['jobs'];
  readonly choice: FirstStores['choice'];
  readonly images: FirstStores['images'];
  readonly machine: FirstStores['machine'];
  readonly carried: FirstStores['carried'];
  readonly compared: FirstStores['compared'];
  readonly family: FirstStores['family'];
  readonly servers: FirstStores['servers'];
  readonly stitch: FirstStores['stitch'];
  readonly asking: FirstStores['asking'];
  readonly demo: FirstStores['demo'];
  readonly offline: FirstStores['offline'];
  readonly kept: KeptResults;
  readonly samples: Samples;
  readonly localize: Localize;
  readonly characterize: Characterize;
  readonly evaluation: TransferEvaluation;
  readonly necessity: Necessity;
  readonly perception: Perception;
  readonly stitcher: Stitcher;
  readonly studies: Studies;
  readonly costs: RunCosts;
  readonly surroundings: StudySurroundings;
  readonly #first: FirstStores;

  constructor(
    engine: EngineApi,
    surroundings: StudySurroundings = browserSurroundings(),
    first = new FirstStores(engine, () => Promise.resolve(surroundings)),
  ) {
    this.#first = first;
    this.surroundings = surroundings;
    this.view = first.view;
    this.appearance = first.appearance;
    this.jobs = first.jobs;
    this.choice = first.choice;
    this.images = first.images;
    this.machine = first.machine;
    this.carried = first.carried;
    this.compared = first.compared;
    this.family = first.family;
    this.servers = first.servers;
    this.stitch = first.stitch;
    this.asking = first.asking;
    this.demo = first.demo;
    this.offline = first.offline;
    const { journals } = surroundings;
    withdrawCopies(journals.weights, engine);
    this.compared.watch(journals.weights);
    this.samples = new Samples(this.asking, this.stitch, this.view);
    this.kept = new KeptResults(journals, this.jobs);
    this.localize = new Localize(engine, this.family, this.images, this.jobs, journals, PREPARING);
    const donors = new Donors(this.family);
    const { family, choice } = this;
    this.stitcher = new Stitcher(
      { engine, family, donors, choice, weights: journals.weights },
      ...([this.stitch, this.view, this.jobs] as const),
    );
    this.characterize = new Characterize(this, donors, surroundings);
    this.evaluation = new TransferEvaluation(engine, this, this.jobs, journals);
    this.necessity = new Necessity(engine, this, this.jobs, journals);
    this.perception = new Perception(engine, this, this.jobs, journals);
    this.studies = new Studies(this, surroundings);
    this.costs = new RunCosts(this.machine.checking);
  }

  start(): Promise<void> {
    return this.#first.start();
  }
}

export const [getApp, setApp] = createContext<AppState>();
