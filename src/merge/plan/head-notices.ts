import type { Donor } from './donor.ts';

/** Whose head the merge has, where a donor's is of another kind: a sentence a donor. */
export function headNotices(frame: Donor, used: readonly Donor[]): readonly string[] {
  const tied = ({ config }: Donor): boolean => config.text.tieWordEmbeddings;
  const kind = (donor: Donor): string => (tied(donor) ? 'its embeddings' : 'a matrix of its own');
  return used
    .filter((donor) => tied(donor) !== tied(frame))
    .map(
      (donor) =>
        `The head of ${donor.name} is ${kind(donor)}; the merge keeps that of ${frame.name}, ${kind(frame)}.`,
    );
}
