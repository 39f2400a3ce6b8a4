import { createContext } from 'svelte';
import type { EngineApi } from '../../engine/protocol.ts';
import { withdrawCopies } from '../../study/weights/loaded.ts';
import { PREPARING } from '../analyses/preparing.ts';
import { Characterize } from '../characterize/characterize.svelte.ts';
import { Demo } from '../demo/demo.svelte.ts';
import { Samples } from '../demo/samples.svelte.ts';
import { Localize } from '../localize/localize.svelte.ts';
import { Necessity } from '../necessity/necessity.svelte.ts';
import { Offline } from '../offline/offline.svelte.ts';
import { Perception } from '../perception/perception.svelte.ts';
import { TransferEvaluation } from '../transfer/evaluation.svelte.ts';
import { Appearance } from '../state/appearance.svelte.ts';
import { Servers } from '../served/servers.svelte.ts';
import { Asking } from '../state/asking.svelte.ts';
import { Carried } from '../state/carried.svelte.ts';
import { Compared } from '../state/compared.svelte.ts';
import { Donors } from '../state/donors.svelte.ts';
import { Family } from '../state/family.svelte.ts';
import { ImageChoice } from '../state/image-choice.svelte.ts';
import { Jobs } from '../state/jobs.svelte.ts';
import { KeptResults } from '../state/kept-results.svelte.ts';
import { LoadChoice } from '../state/load-choice.svelte.ts';
import { Machine } from '../state/machine.svelte.ts';
import { browserSurroundings, type StudySurroundings } from '../state/study-surroundings.ts';
import { Stitch } from '../state/stitch.svelte.ts';
import { View } from '../state/view.svelte.ts';
import { Studies } from '../studies/studies.svelte.ts';
import { Stitcher } from '../transfer/stitcher.svelte.ts';

/** Every store of the app around one engine. */
export class AppState {
  readonly view = new View();
  readonly appearance = new Appearance();
  readonly jobs = new Jobs();
  readonly choice = new LoadChoice();
  readonly images = new ImageChoice();
  readonly machine: Machine;
  readonly kept: KeptResults;
  readonly carried: Carried;
  readonly compared: Compared;
  readonly family: Family;
  readonly servers: Servers;
  readonly stitch: Stitch;
  readonly asking: Asking;
  readonly demo: Demo;
  readonly samples: Samples;
  readonly localize: Localize;
  readonly characterize: Characterize;
  readonly evaluation: TransferEvaluation;
  readonly necessity: Necessity;
  readonly perception: Perception;
  readonly stitcher: Stitcher;
  readonly offline = new Offline();
  readonly studies: Studies;

  constructor(engine: EngineApi, surroundings: StudySurroundings = browserSurroundings()) {
    this.machine = new Machine(engine);
    const { journals } = surroundings;
    withdrawCopies(journals.weights, engine);
    this.compared = new Compared(journals.weights);
    this.family = new Family(engine, this.choice, this.machine, this.jobs, journals.weights);
    this.servers = new Servers(this.family, this.jobs);
    this.stitch = new Stitch(this.family);
    this.asking = new Asking(engine, this.stitch, this.images, this.jobs);
    this.demo = new Demo(this.family, this.asking, this.view, this.jobs);
    this.samples = new Samples(this.asking, this.stitch, this.view);
    this.kept = new KeptResults(journals, this.jobs);
    this.carried = new Carried(surroundings);
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
  }

  async start(): Promise<void> {
    void this.servers.askCopies();
    void this.offline.start();
    await this.machine.ask();
    if (this.machine.capabilities) this.choice.prefer(this.machine.capabilities);
  }
}

export const [getApp, setApp] = createContext<AppState>();
