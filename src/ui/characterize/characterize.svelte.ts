import type { NamedError } from '../../named-error.ts';
import type { Rounding } from '../../spectra/deltas/delta-spec.ts';
import { deltasOf } from '../../spectra/deltas/delta-spec.ts';
import type { CheckpointSet } from '../../spectra/deltas/pairing.ts';
import type { SpectrumMode, SpectrumRecord } from '../../spectra/diversity.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import { TOP_K } from '../../spectra/metrics.ts';
import type { OverlapRecord } from '../../spectra/overlap.ts';
import type { BrowserComputers } from '../../study/characterize/computers.ts';
import type { DiversityStudy } from '../../study/characterize/diversity-study.ts';
import { diversityFile, diversityStudy, runDiversity } from '../../study/characterize/diversity-study.ts';
import type { EnergyStudy } from '../../study/characterize/energy-study.ts';
import { energyFile, energyStudy, runEnergy } from '../../study/characterize/energy-study.ts';
import type { OverlapStudy } from '../../study/characterize/overlap-study.ts';
import { DIRECTIONS, overlapFile, overlapStudy, runOverlap } from '../../study/characterize/overlap-study.ts';
import type { Donors } from '../state/donors.svelte.ts';
import type { Family } from '../state/family.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { Machine } from '../state/machine.svelte.ts';
import { named } from '../../named.ts';
import { StudyRun } from '../state/study-run.svelte.ts';
import type { StudySurroundings } from '../state/study-surroundings.ts';
import type { View } from '../state/view.svelte.ts';
import type { Shown } from './shown.ts';
import { Comparison, shownDeltas } from './comparison.svelte.ts';
import { Merges } from './merges.svelte.ts';
import { signed } from './signed.ts';

export type Measure = 'energy' | 'diversity' | 'overlap';
export type SpectrumDevice = 'webgpu' | 'cpu';

/** What the page asks for, with the reference's choices to begin with. */
class Settings {
  measure = $state<Measure>('energy');
  /** ‖Δ‖/‖W‖, or ‖Δ‖. */
  scale = $state<'relative' | 'absolute'>('relative');
  rounding = $state<Rounding>('stored');
  rlFrom = $state<'in' | 'base'>('in');
  /** Also what is in no layer. */
  outside = $state(false);
  /** What further checkpoints are compared with: a role, or null for IN (else Base). */
  reference = $state<string | null>(null);
  mode = $state<SpectrumMode>('exact');
  /** Part of the names of the weights whose spectra are computed; null for all. The reference class takes down_proj. */
  weights = $state<string | null>('down_proj');
  topK = $state(TOP_K);
  /** The same for overlap, which is shown by projection: all to begin with. */
  overlapWeights = $state<string | null>(null);
  /** Keys of the two updates whose directions are compared; null for the first two. */
  pair = $state.raw<readonly [string, string] | null>(null);
  /** Directions compared, at most. */
  directions = $state(DIRECTIONS);
  seed = $state(0);
  published = $state(false);
  /** Null: the GPU where there is a real one. */
  device = $state<SpectrumDevice | null>(null);
}

/** What the page takes of the app. */
interface Stores {
  readonly family: Family;
  readonly machine: Machine;
  readonly view: View;
  readonly jobs: Jobs;
}

/** Energy, diversity and overlap of the opened checkpoints' updates: what is asked, under way and found. */
export class Characterize {
  readonly settings = new Settings();
  /** Merges that are compared beside the opened checkpoints. */
  readonly merges: Merges;
  readonly energy: StudyRun<EnergyRecord>;
  readonly diversity: StudyRun<SpectrumRecord>;
  readonly overlap: StudyRun<OverlapRecord>;
  energyStudy = $state.raw<EnergyStudy | null>(null);
  diversityStudy = $state.raw<DiversityStudy | null>(null);
  overlapStudy = $state.raw<OverlapStudy | null>(null);
  identities = $state.raw<ReadonlyMap<string, Shown>>(new Map());
  /** Why the opened checkpoints cannot be compared, by measure. */
  problems = $state.raw<Readonly<Partial<Record<Measure, NamedError>>>>({});
  readonly #family: Family;
  readonly #machine: Machine;
  readonly #view: View;
  readonly #surroundings: StudySurroundings;
  readonly #comparison: Comparison;
  /** What the studies were laid out for. */
  #compared: CheckpointSet | null = null;
  /** A device is being made ready for spectra. */
  #starting = $state(false);
  /** The latest call of `prepare`: an earlier one that is slower says nothing any more. */
  #latest = 0;
  #preparing: Promise<void> = Promise.resolve();

  constructor({ family, machine, view, jobs }: Stores, donors: Donors, surroundings: StudySurroundings) {
    this.merges = new Merges(family, donors, view, jobs);
    this.#family = family;
    this.#comparison = new Comparison(family.folders);
    this.#machine = machine;
    this.#view = view;
    this.#surroundings = surroundings;
    this.energy = new StudyRun('energy', surroundings.journals, jobs);
    this.diversity = new StudyRun('diversity', surroundings.journals, jobs);
    this.overlap = new StudyRun('overlap', surroundings.journals, jobs);
  }

  /** Where spectra are computed. */
  get device(): SpectrumDevice {
    return this.settings.device ?? (this.#machine.capabilities?.preferred === 'webgpu' ? 'webgpu' : 'cpu');
  }

  /** The same, by the name that results have of it. */
  get computer(): string {
    return this.device === 'cpu' ? 'cpu' : (this.#machine.capabilities?.webgpu?.adapter ?? this.device);
  }

  /** Opened checkpoints, and merges that can be read. */
  get count(): number {
    return this.#family.opened.length + this.merges.current.length;
  }

  get running(): boolean {
    return this.#starting || this.energy.running || this.diversity.running || this.overlap.running;
  }

  /** The run of what is measured. */
  get run(): StudyRun<EnergyRecord> | StudyRun<SpectrumRecord> | StudyRun<OverlapRecord> {
    return this[this.settings.measure];
  }

  /** Its study; null while nothing can be compared. */
  get study(): EnergyStudy | DiversityStudy | OverlapStudy | null {
    const { measure } = this.settings;
    if (measure === 'energy') return this.energyStudy;
    return measure === 'diversity' ? this.diversityStudy : this.overlapStudy;
  }

  /** Its result file, of what was found so far. */
  get file() {
    const { measure } = this.settings;
    if (measure === 'energy') return this.energyFile;
    return measure === 'diversity' ? this.diversityFile : this.overlapFile;
  }

  energyDeltas = $derived.by(() => shownDeltas(this.energyStudy?.deltas ?? [], this.identities));
  diversityDeltas = $derived.by(() => shownDeltas(this.diversityStudy?.deltas ?? [], this.identities));

  /** Every update whose directions could be compared. */
  overlapChoices = $derived.by(() => shownDeltas(this.overlapStudy?.choices ?? [], this.identities));
  overlapDeltas = $derived.by(() => shownDeltas(this.overlapStudy?.deltas ?? [], this.identities));

  /** `fro_norm.json` of what was found so far. */
  energyFile = $derived.by(() => {
    const study = this.energyStudy;
    if (!study) return null;
    const { records, origin } = this.energy;
    return signed(energyFile(study, records, this.#view.cuts(study.pairing.layers)), origin);
  });

  /** `layerwise_svd.json` of what was found so far. */
  diversityFile = $derived.by(() => {
    const study = this.diversityStudy;
    if (!study) return null;
    const { records, origin } = this.diversity;
    return signed(diversityFile(study, records, this.#view.cuts(study.pairing.layers)), origin);
  });

  /** `subspace_overlap.json` of what was found so far. */
  overlapFile = $derived.by(() => {
    const study = this.overlapStudy;
    if (!study) return null;
    const { records, origin } = this.overlap;
    return signed(overlapFile(study, records, this.#view.cuts(study.pairing.layers)), origin);
  });

  /** Lays out the studies for what is open and asked, and shows what their journals hold. */
  prepare(): Promise<void> {
    return (this.#preparing = this.#prepare());
  }

  async #prepare(): Promise<void> {
    const { settings } = this;
    const slots = this.#family.opened;
    const merges = this.merges.current;
    const { rounding, rlFrom, outside, reference, weights, mode, topK, seed } = settings;
    const { overlapWeights, pair, directions } = settings;
    const { computer } = this;
    if (this.running) return;
    const latest = ++this.#latest;
    if (this.count < 2) {
      this.energyStudy = this.diversityStudy = this.overlapStudy = null;
      this.problems = {};
      for (const run of [this.energy, this.diversity, this.overlap]) run.leave();
      return;
    }
    try {
      const { set, identities } = await this.#comparison.checkpoints(slots, merges);
      if (this.running || latest !== this.#latest) return;
      this.identities = identities;
      this.#compared = set;
      const delta = { rlFrom, ...(reference !== null && set.has(reference) ? { reference } : {}) };
      const problems: Partial<Record<Measure, NamedError>> = {};
      this.energyStudy = attempt(
        () => energyStudy(set, { rounding, delta, outside }),
        (error) => (problems.energy = error),
      );
      this.diversityStudy = attempt(
        () => diversityStudy(set, { rounding, delta, outside, weights, mode, topK, seed, computer }),
        (error) => (problems.diversity = error),
      );
      // A pair chosen among other checkpoints gives way to the first two updates.
      const keys = deltasOf(set.keys(), delta).map(({ key }) => key);
      const known = pair?.every((key) => keys.includes(key)) ? pair : null;
      const overlap = { weights: overlapWeights, pair: known, k: directions, seed, computer };
      this.overlapStudy = attempt(
        () => overlapStudy(set, { rounding, delta, outside, ...overlap }),
        (error) => (problems.overlap = error),
      );
      this.problems = problems;
      await Promise.all([
        turn(this.energy, this.energyStudy),
        turn(this.diversity, this.diversityStudy),
        turn(this.overlap, this.overlapStudy),
      ]);
    } catch (error) {
      const problem = named(error);
      this.problems = { energy: problem, diversity: problem, overlap: problem };
    }
  }

  /** Lays out, and waits for whoever asked for it later: the button may be quicker than the checkpoints' headers. */
  async #prepared(): Promise<void> {
    let seen = this.prepare();
    for (;;) {
      await seen;
      if (seen === this.#preparing) return;
      seen = this.#preparing;
    }
  }

  async runEnergy(): Promise<void> {
    await this.#prepared();
    const study = this.energyStudy;
    if (!study || this.running) return;
    const threads = this.#surroundings.threads();
    try {
      await this.energy.run('Update energy', (long) => runEnergy(study, threads, long));
    } finally {
      threads.dispose();
    }
  }

  async runDiversity(): Promise<void> {
    await this.#prepared();
    const laidOut = this.diversityStudy;
    if (!laidOut) return;
    await this.#computing(async (set, computers, notices) => {
      const { computer } = computers;
      const study =
        computer === laidOut.settings.computer
          ? laidOut
          : diversityStudy(set, { ...laidOut.settings, computer });
      this.diversityStudy = study;
      await this.diversity.turnTo(study.identity, study.total);
      await this.diversity.run('Update diversity', (long, notice) => {
        notices.forEach(notice);
        return runDiversity(study, computers, long);
      });
    });
  }

  async runOverlap(): Promise<void> {
    await this.#prepared();
    const laidOut = this.overlapStudy;
    if (!laidOut) return;
    await this.#computing(async (set, computers, notices) => {
      const { computer } = computers;
      const study =
        computer === laidOut.settings.computer
          ? laidOut
          : overlapStudy(set, { ...laidOut.settings, computer });
      this.overlapStudy = study;
      await this.overlap.turnTo(study.identity, study.total);
      await this.overlap.run('Overlap of updates', (long, notice) => {
        notices.forEach(notice);
        return runOverlap(study, computers, long);
      });
    });
  }

  /**
   * Works with what computes spectra. Where that is another device than was chosen, since the GPU cannot be used, the choice
   * follows: numbers of two devices are never put into one result.
   */
  async #computing(
    work: (set: CheckpointSet, computers: BrowserComputers, notices: readonly string[]) => Promise<void>,
  ): Promise<void> {
    const set = this.#compared;
    if (!set || this.running) return;
    this.#starting = true;
    try {
      const notices: string[] = [];
      const computers = await this.#surroundings.computers(this.device, (notice) => notices.push(notice));
      try {
        if (computers.device !== this.device) this.settings.device = computers.device;
        await work(set, computers, notices);
      } finally {
        computers.dispose();
      }
    } catch (error) {
      this.problems = { ...this.problems, [this.settings.measure]: named(error) };
    } finally {
      this.#starting = false;
    }
  }
}

function attempt<T>(work: () => T, fail: (error: NamedError) => void): T | null {
  try {
    return work();
  } catch (error) {
    fail(named(error));
    return null;
  }
}

async function turn<Record>(
  run: StudyRun<Record>,
  study: Pick<EnergyStudy, 'identity' | 'total'> | null,
): Promise<void> {
  if (study) await run.turnTo(study.identity, study.total);
  else run.leave();
}
