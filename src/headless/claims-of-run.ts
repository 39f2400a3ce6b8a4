/** What the papers' claims are judged by, gathered while the analyses of a study run. */
import type { EvaluationDeclaration } from '../analyses/declaration.ts';
import { declaration as ofGap } from '../analyses/gap/declaration.mjs';
import { declaration as ofNecessity } from '../analyses/necessity/declaration.mjs';
import { EVALUATIONS } from '../analyses/registry.ts';
import type { ResultFile } from '../analyses/result-file.ts';
import { declaration as ofTransfer } from '../analyses/transfer/declaration.mjs';
import { judgeAll } from '../claims/claims.ts';
import type { GradedAnswers } from '../claims/evidence.ts';
import { studyEvidence, type WorkOfStudy } from '../claims/study-evidence.ts';
import { eachResult } from '../evaluation/results/read.ts';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import type { Journals } from '../study/journal/journals.ts';
import type { StudyAnalysis } from '../study/spec.ts';
import type { StudyResult } from '../study/study-result.ts';

export class ClaimsOfRun {
  readonly #works: WorkOfStudy[] = [];
  /** Answers as they were written: their records do not say which are right. */
  readonly #answers = new Map<StudyAnalysis, Map<string, Blob>>();

  keepWork(work: WorkOfStudy): void {
    this.#works.push(work);
  }

  /** Files other than those of an evaluation's answers are passed over. */
  keepFile(analysis: StudyAnalysis, { path, text }: ResultFile): void {
    if (!EVALUATIONS.has(analysis.declaration.name) || !path.endsWith('.jsonl')) return;
    const files = this.#answers.get(analysis) ?? new Map<string, Blob>();
    this.#answers.set(analysis, files.set(path, new Blob([text])));
  }

  /** In the claims' own order. @throws NamedError `JournalFailed` */
  async judged(journals: Journals): Promise<NonNullable<StudyResult['claims']>> {
    const { evidence } = await studyEvidence(journals, this.#works);
    const judged = await judgeAll({
      ...evidence,
      transfer: await this.#graded(ofTransfer),
      necessity: await this.#graded(ofNecessity),
      gap: await this.#graded(ofGap),
    });
    return judged.map(({ claim: { id }, verdict, sentence }) => ({ id, verdict, sentence }));
  }

  async #graded({ name }: Pick<EvaluationDeclaration, 'name'>): Promise<readonly GradedAnswers[]> {
    const found: GradedAnswers[] = [];
    for (const [{ declaration }, files] of this.#answers) {
      if (declaration.name !== name) continue;
      const graded: GradedAnswer[] = [];
      await eachResult(files, (answer) => void graded.push(answer));
      found.push({ graded });
    }
    return found;
  }
}
