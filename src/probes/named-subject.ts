import type { Subject } from '../engine/subject.ts';

/** A model under comparison; results are filed under its name. */
export interface NamedSubject {
  readonly name: string;
  readonly subject: Subject;
}
