import { counted } from '../../counted.ts';
import { agreementText } from '../../evaluation/quantization/agreement.ts';
import { editText } from '../../merge/folder/card.ts';
import { schemeLabel } from '../../merge/quantize/scheme.ts';
import { texts } from '../language/texts.ts';

export const en = {
  stitch: 'Stitch',
  evaluateMerges: 'Evaluate the merges',
  publishedValues: 'Published values',
  recipe: 'Recipe',
  withStitch: 'Also the stitch of Try it',
  earlier: 'Results of an earlier run, the reference implementation’s or ours:',
  back: 'Back to this run',
  chart: {
    title: 'Merges on the three metrics',
    opened: 'from an opened result folder',
    published: (citation: string, n: number, faults: string) =>
      `Published: ${citation}, n = ${n} a cell, other models and data than yours. ${faults}`,
  },
  numbers: {
    all: 'All numbers',
    variant: 'variant',
    metric: 'metric',
    value: 'value',
    against: (reference: string) => `against ${reference}`,
    lostGained: 'lost, gained',
    p: 'McNemar p',
    adjusted: 'Holm',
    transitions: 'TT TF FT FF',
  },
  stitcher: {
    needs: 'Open two checkpoints of one model to stitch their layers together. Nothing has to be loaded.',
    strip: 'Donor of each layer of the merge',
    hand: 'Drag or click to hand layers to',
    blocks: 'Blocks, Early to Late',
    variants: 'Standard variants',
    reset: 'As it was',
    cancel: 'Cancel',
    run: 'Run in Try it',
    measure: 'Measure its update',
    exportFolder: 'Export folder',
    exportMergekit: 'Export mergekit YAML',
    openRecipe: 'Open recipe',
    recipeFile: 'Recipe file',
    largestFile: 'Largest file, GB',
    verbatim: 'Copy small files as they are',
    verbatimTitle: 'Config, tokenizer and processor files, without transformers 4’s spelling beside 5’s',
    stored: (files: number, folder: string) =>
      `This browser cannot write into a folder of yours. ${counted(files, 'file')} of ${folder} lie in its own storage: save each into one folder, then remove them.`,
    partlyStored: (files: number, folder: string) =>
      `This browser cannot write into a folder of yours. ${counted(files, 'file')} of ${folder} lie in its own storage: they are not all yet. Export the same merge again to go on, or remove them.`,
    removeStored: 'Remove the stored copy',
    storage: 'the browser’s storage',
  },
  edits: {
    summary: 'Parts of layers, interpolation, noise, and the rest of the model',
    do: 'Do:',
    interpolate: 'interpolate',
    interpolateTitle: '(1 − α)·W + α·W of the donor',
    take: 'take',
    takeTitle: 'The part from the donor',
    noise: 'add noise',
    to: 'To:',
    all: 'all weights',
    attention: 'attention',
    with: 'With:',
    first: 'From layer',
    last: 'to layer',
    region: 'Layers of a region',
    seed: 'Seed',
    add: 'Add to the recipe',
    rest: {
      visionTower: 'Vision tower from:',
      projector: 'Projector from:',
      frame: 'Embeddings, tokenizer, config from:',
      head: 'Final norm and head from:',
    },
    list: 'Edits, in order',
    edit: editText,
    remove: 'Remove',
    removeEdit: (edit: string) => `Remove: ${edit}`,
  },
  plan: {
    caption: 'What goes where in the merge',
    part: 'Part',
    made: 'Made of',
    tensors: 'Tensors',
    size: 'Size',
    /** Of a row of the plan, and of how it is made. */
    row: (row: string) => row,
    computed: (made: string) => `${made}, computed`,
    whole: 'Whole',
    unknown: (tensors: number, donor: string, names: string) =>
      `${counted(tensors, 'tensor')} that no part of the model is travels from ${donor}: ${names}`,
    left: (tensors: number, donor: string, names: string) =>
      `${counted(tensors, 'tensor')} only ${donor} has stays behind: ${names}`,
  },
  quantize: {
    writeAs: 'Write as',
    asStored: 'as stored',
    groupSize: 'Group size',
    groupTitle: 'Input columns that share a scale; channel: all of an output channel',
    channel: 'channel',
    head: 'Quantize the head, too',
    headTitle: 'Where it is not the embeddings',
    scheme: schemeLabel,
    rounded: (scheme: string, matrices: string, dtype: string, before: string, after: string) =>
      `${scheme}: ${matrices} matrices of attention and MLP rounded to nearest with a search for the scale, without data. Vision tower, projector, norms, biases and embeddings, and the head, stay ${dtype}. ${before} become ${after}.`,
    roundedHead: (scheme: string, matrices: string, dtype: string, before: string, after: string) =>
      `${scheme}: ${matrices} matrices of attention and MLP, and the head, rounded to nearest with a search for the scale, without data. Vision tower, projector, norms, biases and embeddings stay ${dtype}. ${before} become ${after}.`,
    preview: 'Preview the error',
    compare: (samples: number, list: string) =>
      `Compare answers on ${samples} questions of each set of ${list}`,
    demo: 'the demo',
    compareTitle: 'Loads what is not loaded yet, and gives it back',
    chart: 'What rounding loses, by layer',
    chartDescription: (scheme: string) =>
      `‖W − Ŵ‖ / ‖W‖, Frobenius, over the matrices of a layer together; ${scheme}.`,
    axis: 'relative error (%)',
    series: 'error',
    unit: 'matrices',
    headError: (error: string) => `Head: ${error}.`,
    agreement: agreementText,
    command: 'The same without a screen, where the folders lie:',
  },
  definition: {
    stitches: 'Stitches',
    whole:
      'A stitch takes whole layers from several checkpoints of one model. Vision tower, projector, embeddings, final norm, head, config and tokenizer come from the donor of the first layer unless the recipe says otherwise. Tensors of one donor are its stored bytes, unchanged.',
    computed:
      'Interpolation: (1 − α)·A + α·B in float32, rounded once to the stored dtype. Noise: (1 − r)·W + r·σ·z, where σ is the standard deviation of the whole tensor and z is standard normal, drawn from the seed and the tensor’s name. The reference implementation computes both in bfloat16, rounding each product.',
    folder:
      'An exported folder has every tensor of the donor of the embeddings, under its names; what only another donor has stays behind and is listed. README.md and frankenscope-recipe.json in it state the recipe.',
    metrics: 'Metrics',
    metricsText:
      'M_vis: share of general visual questions answered right with the image and wrong with a black image of the same size. M_v2r: share of mathematical ones answered right with the image and also with a black image and its description. M_rea: share of text-only problems answered right. Their denominator is all samples of the task.',
    prompts: 'Prompts',
    promptsText:
      'The prompt style belongs to the recipe: every variant is asked in the same words. The reference implementation derives it from parts of a model’s name, so that its merged Revisual models get another prompt than the pure ones; this app does not. Images above 1280 × 720 pixels are scaled down. Decoding is greedy.',
    grading: 'Grading',
    gradingText:
      'By rule, on this device: the answer is the content of <answer>, else of the last \\boxed{}, else what follows “answer is”, else the last number. It is compared as an option, as a box (overlap above one half), or by mathematical equivalence. No model judges it. Descriptions are those of the data.',
    statistics: 'Statistics',
    statisticsText:
      'Intervals are Wilson’s, 95 %. Differences from IN are paired, sample by sample, with Newcombe’s interval and McNemar’s exact test; p-values of a metric are adjusted over its variants after Holm. At 100 samples the standard error of a share is about 5 points.',
    answers: 'Answers',
    answersText:
      'An answer is kept under a name made of everything that decides it: the checkpoints behind each layer, the prompt, the image, the limits, device and rounding. What has been answered once is never generated again, whatever the variant is called.',
  },
};

export const t = texts('transfer', en);
