/** Weights as AutoGPTQ, GPTQModel, AutoAWQ and AutoRound pack them: `qweight`, `qzeros`, `scales`, and of some `g_idx`. */
import { NamedError } from '../../../named-error.ts';
import { mapInFlight } from '../../../work/in-flight.ts';
import { isRead } from '../../dtype.ts';
import { quantizationRemedy } from '../../quantization-methods.ts';
import type { DeclaredQuantization } from '../../quantization.ts';
import type { AnyEncoded } from '../codecs.ts';
import { storedShape, type CodeLayout } from '../integers/code-layout.ts';
import { groupFrom, groupOf } from '../integers/columns.ts';
import { integerLabel } from '../integers/label.ts';
import { companion, expectTensor, partOf, wrongTensor } from '../safetensors/parts.ts';
import type { Claimed, FileTensor, Quantization, ReadTensor } from '../safetensors/quantization.ts';
import { packedSettings, type PackedSettings } from './settings.ts';

const QWEIGHT = '.qweight';

/** 1 in each code of a word: the zeros of `gptq` are stored less by this, as a number of 32 bits (GPTQModel's conversion). */
const ONES: Readonly<Record<number, number>> = { 2: 0x55555555, 4: 0x11111111, 8: 0x01010101 };

export const packedWeights: Quantization = {
  claim: async (tensors, declared, read): Promise<Claimed | null> => {
    const names = [...tensors.keys()].filter((name) => name.endsWith(QWEIGHT));
    // AutoRound writes FP8, MXFP4 and MXFP8 in the layouts of other programs, under its own name.
    const settings = names.length === 0 ? null : packedSettings(declared);
    if (!settings || !declared) return null;
    const used = new Set<string>();
    const encoded = await mapInFlight(names, async (name) => {
      const module = moduleOf(tensors, name);
      for (const part of Object.values(module)) if (part) used.add(part.storedName);
      return encode(name.slice(0, -QWEIGHT.length), module, { settings, declared, read });
    });
    return { tensors: encoded, used, label: integerLabel(settings.method, encoded), notices: [] };
  },
};

interface Module {
  readonly qweight: FileTensor;
  readonly scales: FileTensor;
  readonly qzeros: FileTensor | undefined;
  readonly gIdx: FileTensor | undefined;
}

interface Asked {
  readonly settings: PackedSettings;
  readonly declared: DeclaredQuantization;
  readonly read: ReadTensor;
}

function moduleOf(tensors: ReadonlyMap<string, FileTensor>, name: string): Module {
  const beside = (part: string): string => name.slice(0, -QWEIGHT.length) + part;
  const qweight = tensors.get(name) as FileTensor;
  const scales = companion(tensors, qweight, beside('.scales'));
  return { qweight, scales, qzeros: tensors.get(beside('.qzeros')), gIdx: tensors.get(beside('.g_idx')) };
}

/** All sizes come of the tensors, bits too: modules may differ. */
async function encode(name: string, module: Module, asked: Asked): Promise<AnyEncoded> {
  const { qweight, scales, qzeros, gIdx } = module;
  const { settings, read } = asked;
  for (const tensor of [qweight, scales]) {
    if (tensor.shape.length !== 2 || tensor.shape.includes(0)) throw wrongTensor(tensor, 'it is no matrix');
  }
  const [groups = 0, rows = 0] = scales.shape;
  const { codes, zeros, columns } =
    settings.layout === 'gemm' ? interleaved(module, rows) : alongInputs(module, rows, asked);
  const size = { rows, columns };
  expectTensor(qweight, ['I32'], storedShape(codes, size));
  expectTensor(scales, ['F16', 'BF16', 'F32'], [groups, rows]);
  if (qzeros) expectTensor(qzeros, ['I32'], storedShape(zeros, { rows, columns: groups }));
  const group = gIdx
    ? await groupFrom(gIdx, columns, groups, read)
    : groupOf(scales, columns, groups, settings.groupSize);
  return {
    ...{ codec: 'integers', storedName: `${name}.weight`, shape: [rows, columns] },
    coding: {
      codes,
      zeros: qzeros ? zeros : null,
      scales: { dtype: isRead(scales.dtype) ? scales.dtype : 'F16', order: 'columns', rows: 1, groups },
      group,
      symmetric: settings.symmetric || !qzeros,
    },
    parts: {
      ...{ codes: partOf(qweight), scales: partOf(scales) },
      ...(qzeros ? { zeros: partOf(qzeros) } : {}),
      ...(gIdx && group === null ? { groups: partOf(gIdx) } : {}),
    },
  };
}

interface Layouts {
  readonly codes: CodeLayout;
  readonly zeros: CodeLayout;
  readonly columns: number;
}

/** GPTQ: `qweight [inputs · bits / 32, outputs]`, `qzeros [groups, outputs · bits / 32]`. */
function alongInputs({ qweight, scales, qzeros, gIdx }: Module, rows: number, asked: Asked): Layouts {
  const { settings, declared } = asked;
  const words = qweight.shape[0] ?? 0;
  const wide = qzeros ? (qzeros.shape[1] ?? 0) : 0;
  const stated = Number(declared.said['bits'] ?? 4);
  const fitting = [2, 3, 4, 8].filter((width) => !qzeros || Math.ceil((rows * width) / 32) === wide);
  const bits = fitting.includes(stated) ? stated : (fitting[0] ?? 0);
  if (bits === 0) {
    throw wrongTensor(qzeros ?? scales, `zeros of ${rows} outputs are of no width that is read (2, 3, 4, 8)`);
  }
  const added = settings.layout === 'gptq' ? ONES[bits] : undefined;
  if (settings.layout === 'gptq' && added === undefined && qzeros) throw unreadZeros(declared, bits);
  const columns = gIdx ? (gIdx.shape[0] ?? 0) : Math.floor((words * 32) / bits);
  return {
    codes: { bits, along: 'columns', order: 'columns', packing: 'dense' },
    zeros: { bits, along: 'rows', order: 'columns', packing: 'dense', ...(added ? { added } : {}) },
    columns,
  };
}

/** AWQ: `qweight [inputs, outputs / 8]`, `qzeros [groups, outputs / 8]`. */
function interleaved({ qweight, scales }: Module, rows: number): Layouts {
  if (rows % 8 !== 0) throw wrongTensor(scales, 'its outputs are no multiple of 8');
  const layout = { bits: 4, order: 'columns', packing: 'interleaved' } as const;
  return {
    codes: { ...layout, along: 'rows' },
    zeros: { ...layout, along: 'rows' },
    columns: qweight.shape[0] ?? 0,
  };
}

/** AutoGPTQ and GPTQModel take 1 from zeros of 3 bits in different ways, and give them the same name. */
function unreadZeros({ file, field, label, method }: DeclaredQuantization, bits: number): NamedError {
  return new NamedError(
    'QuantizedWeights',
    `the weights are quantized (${label}): zeros of ${bits} bits in the format gptq are not read, as programs disagree about them`,
    { file, field },
    `save it in the format gptq_v2, or ${quantizationRemedy(method)}`,
  );
}
