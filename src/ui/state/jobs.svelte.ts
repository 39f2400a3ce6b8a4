/** One piece of long work, as the job bar shows it. */
export interface Job {
  readonly id: string;
  /** What is done to what: "Loading IN". */
  readonly title: string;
  readonly detail: string;
  /** 0…1, or null while it cannot be known. */
  readonly share: number | null;
  readonly cancel: () => void;
}

/** Work under way, oldest first. */
export class Jobs {
  list = $state.raw<readonly Job[]>([]);

  /** Adds a job or replaces what is known of it. */
  report(job: Job): void {
    const known = this.list.some(({ id }) => id === job.id);
    this.list = known ? this.list.map((old) => (old.id === job.id ? job : old)) : [...this.list, job];
  }

  end(id: string): void {
    this.list = this.list.filter((job) => job.id !== id);
  }
}
