import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { WeightDtype } from '../../engine/protocol/device.ts';
import type { MemoryEstimate, TurnsCost } from '../../engine/protocol/loading.ts';
import { architectureTitles } from '../../vlm/architecture.ts';
import { IMAGE_PROCESSING, type ImageProcessing } from '../../vlm/image-processing.ts';
import { bytes, count, counted, duration } from '../format/quantity.ts';
import { texts } from '../language/texts.ts';

export const en = {
  question: 'What did reinforcement learning change?',
  found: 'What was found',
  inDemoFamily: (found: string) => `In the demo family, ${found}`,
  lead: () =>
    `Open a family of ${architectureTitles()} checkpoints: before training, after the cold start, after RL. Drop their folders anywhere on this page. They are read where they lie; nothing is uploaded.`,
  servers: 'Checkpoints that lie on a server, or on the hub, open on {link}. This page asks nobody.',
  serversLink: 'a page that may ask it',
  add: 'Add another checkpoint',

  checkpointOf: (name: string) => `${name} checkpoint`,
  roles: {
    Base: 'The model before training',
    IN: 'After the supervised cold start',
    RL: 'After reinforcement learning',
  } as Readonly<Record<string, string>>,
  oneMore: 'One more checkpoint to compare',
  naming: 'Name on charts and in recipes',
  close: 'Close',
  closeOf: (name: string) => `Close ${name}`,
  cancel: 'Cancel',
  reading: (files: number) => `Reading headers of ${counted(files, 'file')}`,
  cancelOpening: (name: string) => `Cancel opening ${name}`,
  weightsOnly: 'Weights only: Characterize and Transfer’s stitches can be used.',
  adapterOf: 'Adapter of',
  closedBase: 'a checkpoint that was closed',

  facts: {
    body: (name: string, { visionBlocks, layers }: OpenedCheckpoint) =>
      `${name}: ${counted(visionBlocks, 'vision block')}, projector, ${counted(layers, 'layer')}`,
    layers: 'Layers',
    layersAre: ({ layers, visionBlocks }: OpenedCheckpoint) => `${layers} + ${visionBlocks} vision`,
    layer: (index: string) => `Layer ${index}`,
    parameters: 'Parameters',
    size: 'Size',
    sizeIs: (size: string, tensors: number) => `${size} in ${counted(tensors, 'tensor')}`,
    format: 'Format',
    stored: 'Stored as',
    fingerprint: 'Fingerprint',
    weights: 'Weights',
  },
  notes: {
    hidden: 'Hidden size',
    mlp: 'MLP size',
    heads: 'Heads',
    headsAre: (heads: number, kvHeads: number | null) => `${heads}, ${kvHeads} for keys and values`,
    vocabulary: 'Vocabulary',
    head: 'Head',
    tied: 'tied to the embeddings',
    own: 'its own',
    context: 'Context',
    tokens: (n: number) => `${count(n)} tokens`,
    shape: (files: number) => `Shape and ${counted(files, 'file')}`,
    unused: (tensors: number) => `${counted(tensors, 'tensor')} not used`,
    unplaced: (tensors: number) => `${counted(tensors, 'tensor')} in no known place`,
  },

  images: {
    label: 'How images are read',
    as: 'Images as',
    what: (processing: ImageProcessing) => IMAGE_PROCESSING[processing].what,
    chosen: (processing: ImageProcessing) =>
      `${IMAGE_PROCESSING[processing].what} The choice holds on every page.`,
    most: 'Most pixels of an image',
  },
  loading: {
    label: 'How models are loaded',
    runOn: 'Run on',
    weights: 'Weights as',
    dtypes: {
      f32: 'Float32: as exact as it gets, 4 bytes a weight',
      f16: 'Float16: 2 bytes a weight',
      q8: 'Eight bits in blocks of 32',
      q4: 'Four bits in blocks of 32: a 7B model in about 5 GB',
    },
    keep: 'Keep converted weights on this machine',
    all: (n: number) => `Load all ${n}`,
    load: 'Load',
    loadOf: (name: string) => `Load ${name}`,
    /** Where the memory goes: `as q4: weights 4.4 GiB, cache 224 MiB, activations 96 MiB; 2.1 GiB of 8 GiB held`. */
    memory(dtype: WeightDtype, estimate: MemoryEstimate): string {
      const parts = [
        `weights ${bytes(estimate.weightBytes)}`,
        `cache ${bytes(estimate.kvCacheBytes)}`,
        `activations ${bytes(estimate.activationBytes)}`,
      ];
      const held = estimate.alreadyHeldBytes > 0 ? `${bytes(estimate.alreadyHeldBytes)} of ` : '';
      return `as ${dtype}: ${parts.join(', ')}; ${held}${bytes(estimate.budgetBytes)} ${held ? 'held' : 'to spend'}`;
    },
    limit: 'Memory, GiB',
    limitTitle: 'What may be taken of the device. Models that do not fit into it together take turns.',
    unlimited: 'all',
    turns: ({ bytesReadAgain, seconds }: TurnsCost) =>
      `Takes turns with what is held: up to ${bytes(bytesReadAgain)} are read again${seconds === null ? '' : `, some ${duration(seconds)},`} each time that it is asked after another.`,
    loading: (name: string) => `Loading ${name}`,
    cancelling: 'Cancelling',
    cancelOf: (name: string) => `Cancel loading ${name}`,
  },
  loaded: {
    running: 'Running',
    weights: 'Weights',
    in: 'Loaded in',
    fromStorage: (time: string, folder: string | null) =>
      `${time}, from this machine’s storage${folder === null ? '' : `; the folder was ${folder}`}`,
    quantized: 'Quantized',
    rounding: 'Rounding',
    ofNorm: (share: string) => `${share} of ‖W‖`,
    worst: 'Where rounding is worst',
    worstIs: (largest: string) =>
      `‖W − Ŵ‖ / ‖W‖ over all quantized matrices; the largest single weight is off by ${largest}.`,
    try: (name: string) => `Try ${name}`,
    unload: 'Unload',
    unloadOf: (name: string) => `Unload ${name}`,
  },
  /** Tensors that are stored quantized: what loading makes of them, and what it made. */
  quantized: {
    exact: (n: number) => `${counted(n, 'quantized tensor')}: decoded exactly.`,
    asStored: (n: number) => `${counted(n, 'quantized tensor')}: loaded as stored, code for code.`,
    rounded: (n: number, dtype: WeightDtype) =>
      `${counted(n, 'quantized tensor')}: decoded, then rounded to ${dtype}.`,
    both: (n: number, asStored: number, dtype: WeightDtype) =>
      `${counted(n, 'quantized tensor')}: ${asStored} loaded as stored, code for code; ${n - asStored} decoded, then rounded to ${dtype}.`,
    wasStored: (n: number) => `${n} as stored, code for code`,
    wasExact: (n: number) => `${n} decoded exactly`,
    wasRounded: (n: number, dtype: WeightDtype) => `${n} decoded and rounded to ${dtype}`,
    together: (parts: readonly string[]) => parts.join('; '),
  },
  kept: {
    title: 'Kept weights',
    remove: 'Delete',
    removeOf: (name: string, dtype: string) => `Delete ${name} ${dtype}`,
    total: (size: string) => `${size} in all. They make the next load fast and can be made again.`,
    none: 'None are kept on this machine.',
  },
};

export const t = texts('open', en);
