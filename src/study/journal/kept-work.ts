import type { Json } from '../../identity/work-identity.ts';

/** A piece of work that has a journal. */
export interface KeptWork {
  readonly key: string;
  /** One of ours, as a rule; '' where no description is whole. */
  readonly kind: string;
  readonly title: string;
  /** By role, what identifies each input: the same that its identity names. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Everything else that decides its records. */
  readonly settings: Json;
  /** Bytes of its files. */
  readonly bytes: number;
  /** Records of the whole; 0 where no description is whole. */
  readonly total: number;
  /** Whole records it holds. */
  readonly done: number;
  /** Whether it ran to its end, and holds all of it. */
  readonly complete: boolean;
  /** Of this code, and so served or resumed; numbers of other code may be computed otherwise. */
  readonly current: boolean;
  /** Whether a description is whole. Without one its records serve whoever runs the same work again. */
  readonly described: boolean;
  /** ISO 8601. */
  readonly begun: string | null;
  /** What computed it, as a person names it. */
  readonly build: string | null;
  /** The command that goes on with it, where one began it. */
  readonly again: string | null;
  /** What is damaged in it or cannot be read, in sentences. */
  readonly problems: readonly string[];
}
