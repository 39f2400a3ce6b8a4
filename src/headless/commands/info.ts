import type { Command } from '../context.ts';
import { provenance } from '../../identity/provenance.ts';

/** What a checkpoint holds: architecture, and every tensor with its place. */
export const run: Command = async ({ engine, checkpoints }) => {
  const summary = await checkpoints.open('model');
  return {
    modelType: summary.modelType,
    ...(summary.weightsOnly === undefined ? {} : { weightsOnly: summary.weightsOnly }),
    layers: summary.layers,
    visionBlocks: summary.visionBlocks,
    hiddenSize: summary.hiddenSize,
    vocabSize: summary.vocabSize,
    tiedHead: summary.tiedHead,
    bytes: summary.bytes,
    tensors: await engine.describe(summary.id),
    ignored: summary.ignored,
    notices: summary.notices,
    frankenscope: provenance(summary),
  };
};
