/** The command of any evaluation: questions are drawn, models loaded, answers kept, graded and written. */
import type { AskedModel } from '../analyses/asked-model.ts';
import { analysis as energy } from '../analyses/energy/analysis.ts';
import { declaration as ofEnergy } from '../analyses/energy/declaration.mjs';
import type { Evaluation, EvaluationPlan, MeasuredUpdates } from '../analyses/evaluation.ts';
import type { ResultFile } from '../analyses/result-file.ts';
import { piecesWithRun } from '../analyses/run-block.ts';
import { defaultValues } from '../analyses/setting-values.ts';
import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import { turnsOf } from '../evaluation/answers/answer-all.ts';
import { answerJournals, answersJournalled, type Answers } from '../evaluation/answers/kept-answers.ts';
import type { ResultPieces } from '../evaluation/results/write.ts';
import { nothingToAsk } from '../evaluation/samples/item-counts.ts';
import { gradeAll } from '../evaluation/tables/graded.ts';
import type { PlannedTurns } from '../engine/protocol/loading.ts';
import { browserComputers } from '../spectra/computers.ts';
import type { EnergyRecord } from '../spectra/energy.ts';
import type { GpuMemory } from '../study/journal/gpu-memory.ts';
import type { LongWork } from '../work/long-work.ts';
import { RunMeter } from '../study/run-meter.ts';
import { shownEvaluation } from '../study/shown/evaluation-given.ts';
import { memorySize } from '../memory-size.ts';
import { comparedCheckpoints } from './compared.ts';
import type { Command, AnalysisContext } from './context.ts';
import { givenItems } from './given-samples.ts';
import { gpuMemory } from './gpu-memory.ts';
import { imageReading } from './image-reading.ts';
import { givenModels } from './probe-command.ts';
import { type Ran, written } from './ran.ts';
import { settingValues } from './setting-flags.ts';
import { tellSeconds } from './told-seconds.ts';

export function evaluationCommand(evaluation: Evaluation): Command {
  return async (context) =>
    written(context, evaluation.declaration.writes, await ranEvaluation(context, evaluation));
}

/** @throws NamedError those of flags, of reading questions, of models and of the evaluation */
export async function ranEvaluation(context: AnalysisContext, evaluation: Evaluation): Promise<Ran> {
  const { declaration, words } = evaluation;
  const { flags, engine, notice, signal } = context;
  const values = settingValues(declaration.settings, flags);
  const samples = await givenItems(context);
  if (!evaluation.asksAny(samples)) throw nothingToAsk(samples, words.nothingToAsk);
  const models = await givenModels(context, evaluation);
  const given = { engine, models, samples, reading: imageReading(context), work: context };
  const plan = await evaluation.plan(given, values);
  const weights = models.reduce((sum, { model }) => sum + model.weightBytes, 0);
  notice(
    `${plan.variants.length} variants of ${models.length} resident checkpoints, ${weights} bytes of weights`,
  );
  const turns = await turnsOf(engine, plan.asks);
  if (turns) notice(turnsText(turns));
  const asked = plan.asks.map(({ sample }) => sample);
  const tellTaken = await tellSeconds(
    { counts: plan.cost, samples: asked, models, reading: given.reading },
    context,
  );
  const meter = new RunMeter({ engine, device: models[0]?.model.device ?? 'wasm' });
  const { answers, generated } = await answered(context, plan, meter);
  tellTaken();
  signal.throwIfAborted();
  const memory = declaration.measuresMemory
    ? await measured(context, models, plan, answers, generated)
    : null;
  const updates = declaration.measuresUpdates ? await measuredUpdates(context) : null;
  const graded = gradeAll(plan.asks, answers);
  const files = await plan.files({
    ...(updates ? { updates } : {}),
    ...{ graded, done: plan.total },
    ...(memory ? { measured: { gpuMemory: memory } } : {}),
  });
  return {
    works: answerJournals(plan.asks).map(({ identity }) => identity),
    files: textsOf(piecesWithRun(files, meter.figures(plan.total))),
    findings: evaluation.findings(evaluation.table(graded, values), values),
    graded,
    async shown(placed) {
      const shown = models.map(({ flag, index, checkpoint, model }) => {
        return { ...placed(flag, index), checkpoint, model };
      });
      const own = context.inputs.one('items');
      const sets = own ? { name: own.name, samples } : null;
      const { reading } = given;
      return shownEvaluation(evaluation, plan.total, {
        models: shown,
        values,
        reading,
        cuts: null,
        sets,
        stitch: null,
      });
    },
  };
}

/** What it costs that not all models are held, before any is asked. */
function turnsText({ memoryBytes, peakBytes, bytesReadAgain, seconds }: PlannedTurns): string {
  const time = seconds === null ? '' : `, some ${Math.ceil(seconds)} s`;
  return (
    `memory of ${memorySize(memoryBytes)}: models take turns, ${memorySize(peakBytes)} of weights at a time at most; ` +
    `${memorySize(bytesReadAgain)} are read again over all batches of the variants${time}`
  );
}

function* textsOf(files: ResultPieces): Generator<ResultFile> {
  for (const [path, pieces] of files) yield { path, text: [...pieces].join('') };
}

/** All answers, and how many of them this run generated. Every one is kept: a later run is served from them. */
async function answered(
  context: AnalysisContext,
  plan: EvaluationPlan,
  meter: RunMeter,
): Promise<{ readonly answers: Answers; readonly generated: number }> {
  let generated = 0;
  const answers = await answersJournalled(
    plan.asks,
    (identity, total, work, keys) => context.journalled(identity, total, work, true, keys),
    meter.measuring((work) =>
      plan.run({
        ...work,
        onRecord(key, answer) {
          generated += 1;
          return work.onRecord?.(key, answer);
        },
      }),
    ),
  );
  return { answers, generated };
}

/** Energies of the updates of `--rl` and every `--frozen` from `--in`, kept until they are written. */
async function measuredUpdates(context: AnalysisContext): Promise<MeasuredUpdates> {
  const checkpoints = await comparedCheckpoints(context, 'frozen');
  const computers = await browserComputers('cpu', context.notice);
  try {
    const given = { checkpoints, computer: computers.computer };
    const values = defaultValues(ofEnergy.settings);
    const plan = energy.plan(given, values);
    const run = (work: LongWork<EnergyRecord> & WithVerifier) => plan.run(computers, work);
    const records = await context.journalled(plan.identity, plan.total, run);
    return { plan, records, rounding: values.rounding };
  } finally {
    computers.dispose();
  }
}

async function measured(
  context: AnalysisContext,
  models: readonly AskedModel[],
  { asks }: EvaluationPlan,
  answers: Answers,
  generated: number,
): Promise<GpuMemory | null> {
  const [first] = asks;
  if (!first) return null;
  const { settings } = first;
  const loaded = Object.fromEntries(
    models.map(({ name, checkpoint, model }) => [name, { summary: checkpoint, loaded: model }]),
  );
  const memory = await gpuMemory(context, { loaded, asks, answers, settings, generated });
  if (memory)
    context.notice(
      `GPU memory: ${memory.peakBytes} bytes of buffers at most, ${memory.estimateBytes} estimated ` +
        `(${memory.weightBytes} weights, ${memory.kvCacheBytes} keys and values, ${memory.activationBytes} activations)`,
    );
  return memory;
}
