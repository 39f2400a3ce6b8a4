import { drawn } from '../../analyses/draw.ts';
import { readableFolder } from '../../checkpoint/formats/open.ts';
import { wholeModel } from '../../engine/subject.ts';
import { agreementText, quantizationAgreement } from '../../evaluation/quantization/agreement.ts';
import { type Compared, quantizationReport, REPORT_FILE } from '../../evaluation/quantization/report.ts';
import { provenance } from '../../identity/provenance.ts';
import { exportMerge } from '../../merge/export.ts';
import { changeText } from '../../merge/folder/card.ts';
import { MergedFolder } from '../../merge/folder/merged-folder.ts';
import type { DonorFolders } from '../../merge/folder/tensor-values.ts';
import { measureNoise } from '../../merge/measure.ts';
import { openDonor } from '../../merge/plan/donor.ts';
import type { MergePlan } from '../../merge/plan/plan.ts';
import { planMerge } from '../../merge/plan/plan.ts';
import { planQuantization } from '../../merge/quantize/quantization-plan.ts';
import { quantized, type Quantized, QuantizedFolder } from '../../merge/quantize/quantized-folder.ts';
import { measureRounding } from '../../merge/quantize/rounding-errors.ts';
import { type Scheme, schemeOf } from '../../merge/quantize/scheme.ts';
import { restFrom } from '../../merge/recipe/recipe.ts';
import { NamedError } from '../../named-error.ts';
import { CODE_BITS, GROUPS, QUANTIZED_FORMATS } from '../../quantized-formats.mjs';
import { mergeMemory } from '../../study/weights/loaded.ts';
import type { Command, CommandContext } from '../context.ts';
import { givenQuestions } from '../given-samples.ts';
import { imageReading } from '../image-reading.ts';
import { outFolderSink } from '../out-folder-sink.ts';
import { givenRecipe, ofPlan, recipeDonors } from '../recipe-donors.ts';

/** What the one checkpoint of `--model` goes by. */
const MODEL = 'model';

/** A checkpoint or a merge, rounded to few bits: what that loses is measured first, then the folder is written. */
export const run: Command = async (context) => {
  const { flags, signal, onProgress, notice, out } = context;
  const scheme = askedScheme(context);
  const { plan: planned, folders } = await source(context);
  const plan = await measureNoise(planned, folders, { signal, onProgress });
  const made = await quantized(plan, folders, scheme);
  const quantization = planQuantization(plan, scheme);
  for (const line of quantization.notices) notice(line);
  const errors = await measureRounding(quantization, folders, scheme, { signal, onProgress });
  const compared = context.inputs.one('items') ? await compare(context, plan, folders, made) : null;
  const report = quantizationReport({ plan, quantization, scheme, errors, compared });
  if (flags.switch('preview')) {
    await out.text(REPORT_FILE, report);
    return;
  }
  await exportMerge(plan, folders, outFolderSink(out), {
    ...{ signal, onProgress, onNotice: notice, pausable: true },
    shardBytes: flags.requiredNumber('shardBytes'),
    weights: mergeMemory(context.journals.weights),
    quantized: { ...made, errors, report },
  });
};

function askedScheme({ flags }: CommandContext): Scheme {
  const format = flags.choice('format', QUANTIZED_FORMATS);
  if (!format) throw new TypeError('--format is required');
  const [bits, group] = [flags.choice('bits', CODE_BITS), flags.choice('group', GROUPS)];
  return schemeOf({ format, bits, group, head: flags.switch('head') });
}

/** @throws NamedError `MissingFlag`, those of opening, reading recipes and planning */
async function source(
  context: CommandContext,
): Promise<{ readonly plan: MergePlan; readonly folders: DonorFolders }> {
  const { checkpoints, flags, signal, notice } = context;
  const options = { verbatim: flags.switch('verbatim') };
  if (checkpoints.count('model') === 0) {
    const { donors, folders } = await recipeDonors(context);
    const plan = planMerge(await givenRecipe(context, donors), donors, options);
    for (const line of [...ofPlan(plan.notices, donors), ...plan.changed.map(changeText)]) notice(line);
    return { plan, folders };
  }
  if (flags.text('blocks') !== undefined || context.inputs.list('recipe').length > 0) {
    const what = 'a model and a recipe are given';
    throw new NamedError('RepeatedFlag', what, { field: '--model' }, 'give one of the two');
  }
  const { name, files } = await checkpoints.folder('model');
  const weights = () => checkpoints.weights('model');
  const donor = await openDonor(MODEL, files, { folder: name, signal, weights });
  checkpoints.tell(name, donor.notices);
  const layers = Array.from({ length: donor.config.text.layers }, () => MODEL);
  const plan = planMerge({ layers, rest: restFrom(MODEL), edits: [] }, new Map([[MODEL, donor]]), options);
  for (const change of plan.changed) notice(changeText(change));
  return { plan, folders: new Map([[MODEL, files]]) };
}

/** Both models side by side in memory, asked the drawn questions. */
async function compare(
  context: CommandContext,
  plan: MergePlan,
  folders: DonorFolders,
  made: Quantized,
): Promise<Compared> {
  const { checkpoints, engine, flags, signal, onProgress, notice } = context;
  const list = await givenQuestions(context, { samplesFlag: 'items' });
  const choice = { samples: flags.number('samples') ?? null, seed: flags.requiredNumber('seed') };
  const items = await drawn(list, choice);
  const merged = new MergedFolder(plan, folders);
  const original = await checkpoints.loadFolder('the original', merged);
  const readable = await readableFolder(new QuantizedFolder(merged, made), signal);
  const rounded = await checkpoints.loadFolder('the quantized model', readable);
  const [system, maxNewTokens] = [flags.text('system'), flags.requiredNumber('maxNewTokens')];
  const { layers } = original.summary;
  const records = await quantizationAgreement(
    engine,
    items,
    {
      original: wholeModel(original.summary.id, layers),
      quantized: wholeModel(rounded.summary.id, layers),
      maxNewTokens,
      prompt: { ...imageReading(context), ...(system === undefined ? {} : { system }) },
    },
    { signal, onProgress },
  );
  const found = agreementText(records);
  if (found !== null) notice(found);
  return {
    records,
    provenance: {
      ...{ list: list.name, n: items.length, of: list.source.count, maxNewTokens, ...imageReading(context) },
      original: provenance(original.summary, original.loaded, choice.seed),
      quantized: provenance(rounded.summary, rounded.loaded, choice.seed),
    },
  };
}
