import { eachResult } from '../results/read.ts';
import { resultPieces } from '../results/write.ts';
import type { GradedAnswer } from '../tables/graded.ts';

/** All of a folder of results that is small. @throws NamedError those of `eachResult` */
export async function readResults(files: ReadonlyMap<string, Blob>): Promise<readonly GradedAnswer[]> {
  const graded: GradedAnswer[] = [];
  await eachResult(files, (answer) => void graded.push(answer));
  return graded;
}

/** The files of `resultPieces`, each as one text. */
export function resultFiles(...result: Parameters<typeof resultPieces>): ReadonlyMap<string, string> {
  return new Map([...resultPieces(...result)].map(([path, pieces]) => [path, [...pieces].join('')]));
}
