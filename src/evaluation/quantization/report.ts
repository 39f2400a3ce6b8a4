/** `quantization_report.json`: what was rounded, what it lost, and how near the answers stay (docs/results.md). */
import type { MergePlan } from '../../merge/plan/plan.ts';
import type { QuantizationPlan } from '../../merge/quantize/quantization-plan.ts';
import { layerErrors, relativeError, type RoundingErrors } from '../../merge/quantize/rounding-errors.ts';
import { type Scheme, schemeLabel } from '../../merge/quantize/scheme.ts';
import { version } from '../../version.ts';
import { agreementOf, type AgreementRecord } from './agreement.ts';

export const REPORT_FILE = 'quantization_report.json';

export interface ReportSource {
  readonly plan: MergePlan;
  readonly quantization: QuantizationPlan;
  readonly scheme: Scheme;
  readonly errors: RoundingErrors;
  /** Null where nothing was asked. */
  readonly compared: Compared | null;
}

/** What both models were asked, and how they were run. */
export interface Compared {
  readonly records: readonly AgreementRecord[];
  readonly provenance: object;
}

/** The file's text. */
export function quantizationReport(source: ReportSource): string {
  return `${JSON.stringify(contentOf(source), null, 2)}\n`;
}

function contentOf({ plan, quantization, scheme, errors, compared }: ReportSource): object {
  const records = compared && compared.records;
  return {
    ...scheme,
    label: schemeLabel(scheme),
    layers: layerErrors(quantization, errors).map(({ layer, tensors, relative, largest }) => ({
      layer,
      tensors,
      relativeError: relative,
      largestError: largest,
    })),
    tensors: quantization.rounded.flatMap(({ tensor, matrix }) => {
      const error = errors[tensor.name];
      if (!error) return [];
      return [
        {
          name: tensor.name,
          shape: [matrix.rows, matrix.columns],
          relativeError: relativeError(error),
          largestError: error.largest,
        },
      ];
    }),
    unfit: quantization.unfit,
    bytes: { original: plan.bytes, quantized: quantization.bytes },
    agreement: records && agreementOf(records),
    items: records?.map(({ id, answer, kl, agreeing }) => ({
      id,
      answer,
      tokens: kl.length,
      agreeing,
      meanKl: kl.length === 0 ? null : kl.reduce((sum, one) => sum + one, 0) / kl.length,
    })),
    frankenscope: {
      version,
      donors: plan.donors.map(({ name, checkpoint, fingerprint }) => ({ name, checkpoint, fingerprint })),
      ...compared?.provenance,
    },
  };
}
