import type { EngineApi } from '../../engine/protocol.ts';
import { Demo } from '../demo/demo.svelte.ts';
import { Offline } from '../offline/offline.svelte.ts';
import { Servers } from '../served/servers.svelte.ts';
import { Appearance } from '../state/appearance.svelte.ts';
import { Asking } from '../state/asking.svelte.ts';
import { Carried } from '../state/carried.svelte.ts';
import { Compared } from '../state/compared.svelte.ts';
import { Family } from '../state/family.svelte.ts';
import { ImageChoice } from '../state/image-choice.svelte.ts';
import { Jobs } from '../state/jobs.svelte.ts';
import { LoadChoice } from '../state/load-choice.svelte.ts';
import { Machine } from '../state/machine.svelte.ts';
import type { StudySurroundings } from '../state/study-surroundings.ts';
import { Stitch } from '../state/stitch.svelte.ts';
import { View } from '../state/view.svelte.ts';

/** The stores that the start page stands on before anything is pressed: nothing of analyses, kept results and merges comes with them. */
export class FirstStores {
  readonly view = new View();
  readonly appearance = new Appearance();
  readonly jobs = new Jobs();
  readonly choice = new LoadChoice();
  readonly images = new ImageChoice();
  readonly compared = new Compared();
  readonly offline = new Offline();
  readonly machine: Machine;
  readonly carried: Carried;
  readonly family: Family;
  readonly servers: Servers;
  readonly stitch: Stitch;
  readonly asking: Asking;
  readonly demo: Demo;

  /** @param surroundings come when something is opened that is not on the start page @param finding as `Carried` */
  constructor(
    engine: EngineApi,
    surroundings: () => Promise<StudySurroundings>,
    finding = (): Promise<unknown> => Promise.resolve(null),
  ) {
    this.machine = new Machine(engine, async () => (await surroundings()).checkDevice);
    this.carried = new Carried(surroundings, finding);
    const weights = async () => (await surroundings()).journals.weights;
    this.family = new Family(engine, this.choice, this.machine, this.jobs, weights);
    this.servers = new Servers(this.family, this.jobs);
    this.stitch = new Stitch(this.family);
    this.asking = new Asking(engine, this.stitch, this.images, this.jobs);
    this.demo = new Demo(this.family, this.asking, this.view, this.jobs);
  }

  /** Asks what is kept of the app, and the engine what it can do. */
  async start(): Promise<void> {
    void this.servers.askCopies();
    void this.offline.start();
    await this.machine.ask();
    if (this.machine.capabilities) this.choice.prefer(this.machine.capabilities);
  }
}
