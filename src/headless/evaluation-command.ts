/** The command of any evaluation: questions are drawn, models loaded, answers kept, graded and written. */
import type { AskedModel } from '../analyses/asked-model.ts';
import { analysis as energy } from '../analyses/energy/analysis.ts';
import { declaration as ofEnergy } from '../analyses/energy/declaration.mjs';
import type { Evaluation, EvaluationPlan, GivenEvaluation, MeasuredUpdates } from '../analyses/evaluation.ts';
import type { ResultFile } from '../analyses/result-file.ts';
import { piecesWithRun, type RunFigures } from '../analyses/run-block.ts';
import { defaultValues, type SettingValues } from '../analyses/setting-values.ts';
import type { UpdatesPlan } from '../analyses/updates.ts';
import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import { turnsOf } from '../evaluation/answers/answer-all.ts';
import type { Answer } from '../evaluation/answers/answer.ts';
import type { Ask } from '../evaluation/answers/ask.ts';
import { answersOf } from '../evaluation/answers/asking.ts';
import { answerJournals, answersJournalled, type Answers } from '../evaluation/answers/kept-answers.ts';
import type { ResultPieces } from '../evaluation/results/write.ts';
import { nothingToAsk } from '../evaluation/samples/item-counts.ts';
import { gradeAll } from '../evaluation/tables/graded.ts';
import type { PlannedTurns } from '../engine/protocol/loading.ts';
import { browserComputers } from '../spectra/computers.ts';
import type { EnergyRecord } from '../spectra/energy.ts';
import type { LongWork } from '../work/long-work.ts';
import { asksOf, evaluationPart, measuredOf } from '../study/parts/evaluation-part.ts';
import type { MeasuredPart } from '../study/parts/updates-part.ts';
import { RunMeter } from '../study/run-meter.ts';
import { type EvaluationGiven, shownEvaluation } from '../study/shown/evaluation-given.ts';
import { memorySize } from '../memory-size.ts';
import { comparedCheckpoints } from './compared.ts';
import type { Command, AnalysisContext } from './context.ts';
import { givenItems } from './given-samples.ts';
import { gpuMemory, type GpuMemory } from './gpu-memory.ts';
import { imageReading } from './image-reading.ts';
import { givenModels } from './probe-command.ts';
import { type ModelPlaces, type Ran, written } from './ran.ts';
import { settingValues } from './setting-flags.ts';
import { tellSeconds } from './told-seconds.ts';
import { partOfUpdates } from './updates-command.ts';

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
  const shard = flags.shard();
  const asks = shard ? asksOf(plan.asks, shard) : plan.asks;
  const weights = models.reduce((sum, { model }) => sum + model.weightBytes, 0);
  notice(
    `${plan.variants.length} variants of ${models.length} resident checkpoints, ${weights} bytes of weights`,
  );
  const turns = await turnsOf(engine, plan.asks);
  if (turns) notice(turnsText(turns));
  const asked = asks.map(({ sample }) => sample);
  const n = answersOf(asks);
  const own = { ...plan.cost, samples: new Set(asked).size, answers: n, prompts: n, batches: n };
  const tellTaken = await tellSeconds(
    { counts: shard ? own : plan.cost, samples: asked, models, reading: given.reading },
    context,
  );
  // A part is often a few seconds, and what parts take together is not what one run takes.
  const meter = new RunMeter({
    engine,
    device: models[0]?.model.device ?? 'wasm',
    withoutFloor: shard !== null,
  });
  const { answers, generated } = await answered(context, plan, meter, shard && asks);
  tellTaken();
  signal.throwIfAborted();
  // Of a part there is no memory of the whole run to be told.
  const memory =
    declaration.measuresMemory && !shard ? await measured(context, models, plan, answers, generated) : null;
  const figures = meter.figures(n);
  const updates = declaration.measuresUpdates ? await measuredUpdates(context) : null;
  const list = context.inputs.one('items');
  const sets = list ? { name: list.name, samples } : null;
  const places = models.map(({ flag, index }) => [flag, index] as const);
  const ran = await evaluationRan(
    evaluation,
    { given: { ...given, sets }, values, plan },
    {
      ...{ asks, answers },
      // What they say of a region is of all its tensors.
      updates: updates && !shard ? measuredOf(updates.plan, updates.records, updates.values) : null,
      run: figures && memory ? { ...figures, gpuMemory: memory } : figures,
    },
    places,
  );
  if (!shard) return ran;
  const { reading } = given;
  const kept = { models, reading, values, sets, plan, asks, answers, updates };
  return { ...ran, part: await evaluationPart(evaluation, kept, shard) };
}

/** An evaluation with everything that it was given. */
interface LaidOut {
  readonly given: Pick<GivenEvaluation, 'models' | 'reading'> & Pick<EvaluationGiven, 'sets'>;
  readonly values: SettingValues;
  readonly plan: EvaluationPlan;
}

/** What was answered, here or in parts. */
interface AnsweredAsks {
  readonly asks: readonly Ask[];
  readonly answers: Answers;
  readonly updates: MeasuredUpdates | null;
  /** Null of what was combined. */
  readonly run: RunFigures | null;
}

/** What answers say. @param places by flag, where its models came from, in their order */
export async function evaluationRan(
  evaluation: Evaluation,
  { given: { models, reading, sets }, values, plan }: LaidOut,
  { asks, answers, updates, run }: AnsweredAsks,
  places: ModelPlaces,
): Promise<Ran> {
  const graded = gradeAll(asks, answers);
  const files = await plan.files({
    ...(updates ? { updates } : {}),
    ...{ graded, done: answersOf(asks) },
  });
  return {
    works: answerJournals(plan.asks).map(({ identity }) => identity),
    files: textsOf(piecesWithRun(files, run)),
    findings: evaluation.findings(evaluation.table(graded, values), values),
    graded,
    shown(placed) {
      const shown = places.flatMap(([flag, index], at) => {
        const { checkpoint, model } = models[at] ?? {};
        return checkpoint && model ? [{ ...placed(flag, index), checkpoint, model }] : [];
      });
      const told = { models: shown, values, reading, cuts: null, sets, stitch: null };
      return shownEvaluation(evaluation, plan.total, told);
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

/**
 * All answers, or those of a part, and how many of them this run generated. Every one is kept: a later run is served from them.
 *
 * @param some asks of a part; null of the whole
 */
async function answered(
  context: AnalysisContext,
  plan: EvaluationPlan,
  meter: RunMeter,
  some: readonly Ask[] | null,
): Promise<{ readonly answers: Answers; readonly generated: number }> {
  let generated = 0;
  // A part that begins anew leaves the answers of others where they are.
  const anew = some && context.flags.optionalSwitch('restart') ? { finished: new Map<string, Answer>() } : {};
  const answers = await answersJournalled(
    some ?? plan.asks,
    (identity, total, work, keys) => context.journalled(identity, total, work, true, keys),
    meter.measuring((work) =>
      plan.run(
        {
          ...work,
          ...anew,
          onRecord(key, answer) {
            generated += 1;
            return work.onRecord?.(key, answer);
          },
        },
        some ?? plan.asks,
      ),
    ),
  );
  return { answers, generated };
}

interface MeasuredEnergy extends MeasuredPart {
  readonly plan: UpdatesPlan<EnergyRecord, unknown>;
  readonly records: ReadonlyMap<string, EnergyRecord>;
}

/** Energies of the updates of `--rl` and every `--frozen` from `--in`, kept until they are written; of a part, its own tensors'. */
async function measuredUpdates(context: AnalysisContext): Promise<MeasuredEnergy> {
  const shard = context.flags.shard();
  const set = await comparedCheckpoints(context, 'frozen');
  const computers = await browserComputers('cpu', context.notice);
  try {
    const { computer } = computers;
    const values = defaultValues(ofEnergy.settings);
    const plan = energy.plan({ checkpoints: set, computer }, values);
    const run = (work: LongWork<EnergyRecord> & WithVerifier) => plan.run(computers, work);
    const records = shard
      ? await partOfUpdates(context, plan, computers, shard)
      : await context.journalled(plan.identity, plan.total, run);
    const { layers, visionBlocks } = plan.pairing;
    const compared = { body: { layers, visionBlocks }, set, computer };
    return { name: ofEnergy.name, plan, values, records, compared };
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
