/** Small pieces of the work of evaluations: answers, verdicts. */
import type { Answer } from '../../evaluation/answers/answer.ts';
import type { AnsweringEngine } from '../../evaluation/answers/answer-all.ts';
import { answerAll } from '../../evaluation/answers/answer-all.ts';
import type { AnswerSettings } from '../../evaluation/answers/ask.ts';
import { planAsks } from '../../evaluation/answers/ask.ts';
import { transferExperiments } from '../../evaluation/experiment.ts';
import { PROMPT_STYLES } from '../../evaluation/prompt-style.ts';
import { resultFiles } from '../../evaluation/testing/results.ts';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import { gradeAll } from '../../evaluation/tables/graded.ts';
import { metricTable } from '../../evaluation/tables/metric-table.ts';
import type { ModelId } from '../../engine/subject.ts';
import { wholeModel } from '../../engine/subject.ts';
import type { Client } from '../../remote/client.ts';
import type { JudgeVerdict } from '../../remote/judge.ts';
import { judgeAll, withVerdicts } from '../../remote/judge.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import type { Piece } from './piece.ts';

const settings: AnswerSettings = {
  ...{ style: PROMPT_STYLES.demo, maxNewTokens: 8, maxImagePixels: 1000 },
  imageProcessing: 'transformers-5',
  ...{ device: 'wasm', dtype: 'f32' },
};

export function answersPiece(identity: WorkIdentity, engine: AnsweringEngine): Piece<Answer> {
  const experiments = transferExperiments({
    ...{ general: [], mathTargeted: [] },
    textOnly: ['1 + 1', '2 + 2'].map((question) => ({ id: question, question, answer: '4' })),
  });
  const variants = ['IN', 'RL'].map((name) => ({
    ...{ name, subject: wholeModel(name as ModelId, 2), fingerprint: name },
    sources: [{ name, fingerprint: name }],
  }));
  return {
    ...{ identity, total: 4 },
    work: async (long) => {
      const asks = await planAsks(variants, experiments, settings);
      const graded = gradeAll(asks, await answerAll(engine, asks, settings, long, 1));
      return JSON.stringify([...resultFiles(metricTable(graded, 'IN'), graded, experiments, {})]);
    },
  };
}

const graded = (id: string): GradedAnswer => ({
  ...{ variant: 'IN', experiment: 'reasoning_math500', metric: 'M_rea', settingIndex: 0 },
  ...{ setting: 'A_prompt_only', input: 'question_only', id, question: `Question ${id}` },
  ...{ goldAnswer: 'half', response: `It is ${id}.`, predicted: id, correct: false },
});

/** Asks a judge over `fetch`, which the test stands in for. */
export function verdictsPiece(identity: WorkIdentity): Piece<JudgeVerdict> {
  const answers = ['half', 'two\n', 'drei ü'].map(graded);
  const client: Client = {
    endpoint: {
      ...{ dialect: 'openai', url: 'http://127.0.0.1:1/v1', model: 'judge' },
      ...{ temperature: 0, limitField: 'max_tokens' },
    },
    key: '',
  };
  return {
    ...{ identity, total: answers.length },
    work: async (long) =>
      JSON.stringify(await withVerdicts(answers, await judgeAll(client, 1, answers, long))),
  };
}
