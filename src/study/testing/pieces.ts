/** A small piece of work of every kind, with its result as the app writes it. */
import type { TokensRecord } from '../../analyses/tokens/difference.ts';
import { tokenDifferences } from '../../analyses/tokens/difference.ts';
import { openCheckpoint, type Checkpoint } from '../../checkpoint/checkpoint.ts';
import { heldSource } from '../../checkpoint/testing/held-source.ts';
import { writeSafetensors } from '../../checkpoint/testing/safetensors.ts';
import type { ModelId } from '../../engine/subject.ts';
import { wholeModel } from '../../engine/subject.ts';
import { ablateLayer } from '../../probes/ablation/experiment.ts';
import { ablationResultLines, ablationResultsFile, errorRates } from '../../probes/ablation/error-rates.ts';
import { sweepAblations } from '../../probes/ablation/sweep.ts';
import type { AblationRecord } from '../../probes/ablation/sweep.ts';
import type { ModelLayers } from '../../probes/attention/layer-means.ts';
import { attentionByLayer, attentionShiftFile } from '../../probes/attention/layer-means.ts';
import { attentionShift } from '../../probes/attention/shift.ts';
import type { AttentionRecord } from '../../probes/attention/shift.ts';
import type { Pair } from '../../probes/data/pair.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { lensOnAnswers } from '../../probes/lens/lens.ts';
import type { LensRecord } from '../../probes/lens/lens.ts';
import { sweepPatches } from '../../probes/patching/patch.ts';
import type { PatchRecord } from '../../probes/patching/patch.ts';
import { changeRates, swapResultLines, swapSummaryFile } from '../../probes/swap/change-rates.ts';
import { sweepSwaps } from '../../probes/swap/sweep.ts';
import type { SwapRecord } from '../../probes/swap/sweep.ts';
import { diversityPlan, energyPlan, overlapPlan } from '../../analyses/testing/plans.ts';
import type { SpectrumRecord } from '../../spectra/diversity.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import type { OverlapRecord } from '../../spectra/overlap.ts';
import { roleNames } from '../../spectra/deltas/roles.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { answersPiece, verdictsPiece } from './evaluation-pieces.ts';
import type { Piece } from './piece.ts';
import type { LongWork } from '../../work/long-work.ts';
import { recordedEngine } from './recorded-engine.ts';
import { recordedThreads } from './recorded-threads.ts';

/** A piece for each kind; the tests that go through all kinds fail for one without. */
export type Pieces = Readonly<Record<string, Piece>>;

const ENGINE = recordedEngine();
const MODEL = wholeModel('model' as ModelId, 2);
const OTHER = wholeModel('other' as ModelId, 2);
const ASKED = { maxNewTokens: 8 } as const;

const image = new Blob(['picture']);
const pairs: readonly Pair[] = ['a', 'b\n"'].map((id) => ({
  ...{ id, task: 'counting', prompt: `How many in ${id}?`, target: image, source: image },
  ...{ targetAnswer: '3', sourceAnswer: id === 'a' ? '4' : '' },
}));
const problems: readonly Problem[] = ['1 + 1', '__proto__', '2 + 2'].map((question, index) => ({
  ...{ id: `${index}`, question, answer: '4', image },
  ...(index === 0 ? { choices: ['4', '5'] } : {}),
}));

function identity(kind: string): WorkIdentity {
  return { kind, title: `Some ${kind}`, inputs: { model: 'fingerprint' }, settings: { of: [1, null] } };
}

async function model(name: string, factor: number): Promise<Checkpoint> {
  const values = (layer: number) =>
    Float32Array.from({ length: 24 }, (_, at) => Math.sin(at * factor + layer) + (at % 5));
  const tensors = [0, 1].map((layer) => ({
    name: `model.layers.${layer}.mlp.down_proj.weight`,
    dtype: 'F32' as const,
    shape: [6, 4],
    // The second layer is the same in all: an update of nothing.
    bytes: new Uint8Array((layer === 1 ? new Float32Array(24).fill(1) : values(layer)).buffer),
  }));
  const file = heldSource('model.safetensors', writeSafetensors(tensors));
  return openCheckpoint(new Map([[file.name, file]]), { name });
}

export async function piecesOfWork(): Promise<Pieces> {
  const [base, tuned, rl] = await Promise.all([model('a', 1), model('b', 1.1), model('c', 1.3)]);
  const checkpoints = roleNames({ base, in: tuned, rl });
  const threads = recordedThreads();
  const energy = energyPlan(checkpoints);
  const diversity = diversityPlan(checkpoints, { topk: 3, seed: 1 });
  const overlap = overlapPlan(checkpoints, { directions: 2, seed: 1 });
  return {
    energy: {
      ...{ identity: identity('energy'), total: energy.total },
      work: async (long: LongWork<EnergyRecord>) =>
        JSON.stringify(energy.file(await energy.run({ threads }, long))),
    },
    diversity: {
      ...{ identity: identity('diversity'), total: diversity.total },
      work: async (long: LongWork<SpectrumRecord>) =>
        JSON.stringify(diversity.file(await diversity.run({ threads }, long))),
    },
    overlap: {
      ...{ identity: identity('overlap'), total: overlap.total },
      work: async (long: LongWork<OverlapRecord>) =>
        JSON.stringify(overlap.file(await overlap.run({ threads }, long))),
    },
    swap: {
      ...{ identity: identity('swap'), total: pairs.length },
      work: async (long: LongWork<SwapRecord>) => {
        const sweep = { subject: MODEL, layers: [0, 1], mode: 'single', rowsPerBatch: 3, ...ASKED } as const;
        const records = await sweepSwaps(ENGINE, pairs, sweep, long);
        const summary = swapSummaryFile(changeRates(records, 'paper'), pairs.length);
        return JSON.stringify([records.flatMap((record) => swapResultLines(record, 'paper')), summary]);
      },
    },
    ablate: {
      ...{ identity: identity('ablate'), total: problems.length },
      work: async (long: LongWork<AblationRecord>) => {
        const experiments = [ablateLayer(0), ablateLayer(1)];
        const sweep = { subject: MODEL, experiments, rowsPerBatch: 3, ...ASKED };
        const records = await sweepAblations(ENGINE, problems, sweep, long);
        const lines = [null, ...experiments].map((experiment) =>
          ablationResultLines(records, experiment, { name: 'model', type: 'base' }),
        );
        return JSON.stringify([lines, ablationResultsFile(errorRates(records, experiments))]);
      },
    },
    attention: {
      ...{ identity: identity('attention'), total: problems.length },
      work: async (long: LongWork<AttentionRecord>) => {
        const models = [
          { name: 'in', subject: MODEL },
          { name: 'rl', subject: OTHER },
        ];
        const records = await attentionShift(
          ENGINE,
          problems,
          { models, running: 'teacher-forced', ...ASKED },
          long,
        );
        const [before, after] = attentionByLayer(records) as [ModelLayers, ModelLayers];
        return JSON.stringify([records, attentionShiftFile(before, after, { n: records.length })]);
      },
    },
    lens: {
      ...{ identity: identity('lens'), total: problems.length },
      work: async (long: LongWork<LensRecord>) => {
        const models = [{ name: 'in', subject: MODEL }];
        return JSON.stringify(await lensOnAnswers(ENGINE, problems, { models, ...ASKED }, long));
      },
    },
    tokens: {
      ...{ identity: identity('tokens'), total: problems.length },
      work: async (long: LongWork<TokensRecord>) => {
        const readers = { in: { name: 'IN', subject: MODEL }, rl: { name: 'RL', subject: OTHER } };
        const probe = { readers, forcedBy: 'rl', ...ASKED } as const;
        return JSON.stringify(await tokenDifferences(ENGINE, problems, probe, long));
      },
    },
    patch: {
      ...{ identity: identity('patch'), total: 2 * 3 },
      work: async (long: LongWork<PatchRecord>) => {
        const sweep = { donor: OTHER, recipient: MODEL, depths: [1], rowsPerBatch: 1, ...ASKED };
        return JSON.stringify(await sweepPatches(ENGINE, problems.slice(1), sweep, long));
      },
    },
    answers: answersPiece(identity('answers'), ENGINE),
    verdicts: verdictsPiece(identity('verdicts')),
  };
}
