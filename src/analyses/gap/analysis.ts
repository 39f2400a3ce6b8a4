/** Puzzles with the image, and with its content as text: what seeing costs (docs/method.md §9). */
import { wholeModel } from '../../engine/subject.ts';
import { answersOf, askingHere } from '../../evaluation/answers/asking.ts';
import { gapExperiment, type TextSide } from '../../evaluation/experiment.ts';
import { GAP_STATISTICS, gapModels, gapPieces } from '../../evaluation/perception/gap-files.ts';
import { type GapRow, gapTable, undecidedOf } from '../../evaluation/perception/gap-table.ts';
import { settingsFacts } from '../../evaluation/results/facts.ts';
import { subjectVariant } from '../../evaluation/variant.ts';
import { provenance } from '../../identity/provenance.ts';
import { answerSettings, styleOf } from '../answer-settings.ts';
import type { AskedModel } from '../asked-model.ts';
import type { ValuesOf } from '../declaration.ts';
import type { Evaluation } from '../evaluation.ts';
import { evaluationCost } from '../plan.ts';
import { jsonText } from '../result-file.ts';
import { declaration } from './declaration.mjs';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

const SIDES = {
  alone: 'description_question',
  black: 'black_image_description_question',
} as const satisfies Readonly<Record<NonNullable<Values['text']>, TextSide>>;

/** As it was chosen; else with a black image where questions are put in the demo style, and alone. */
export function textOf(
  models: Parameters<typeof styleOf>[0],
  values: Pick<Values, 'style' | 'text'>,
): NonNullable<Values['text']> {
  return values.text ?? (styleOf(models, values) === 'demo' ? 'black' : 'alone');
}

export const analysis: Evaluation<Values, readonly GapRow[]> = {
  ...{ declaration, words },

  needs: (models, said = words) => (models.length === 0 ? said.needs : null),

  asksAny: ({ puzzles }) => puzzles.length > 0,

  async plan({ engine, models, samples, reading, work, ...given }, values) {
    const { reward, seed } = values;
    const { puzzles } = samples;
    const experiment = gapExperiment(puzzles, SIDES[textOf(models, values)]);
    const variants = await Promise.all(
      models.map((asked) => {
        const { name, checkpoint } = asked;
        return subjectVariant(name, wholeModel(checkpoint.id, checkpoint.layers), [asked]);
      }),
    );
    const settings = answerSettings(models, values, reading);
    const asking = await askingHere(engine, variants, [experiment], settings, work);
    const total = answersOf(asking.asks);
    const score = given.gapModels ?? gapModels;
    return {
      ...asking,
      ...{ variants, total },
      cost: evaluationCost(puzzles.length, total, models.length, settings.maxNewTokens),
      async files({ graded, done, origin }) {
        const result = {
          models: await score(graded, reward ?? undefined),
          frankenscope: {
            checkpoints: models.map((asked) => ({ ...labelOf(asked), ...provenanceOf(asked, seed) })),
            settings: settingsFacts(settings),
            textSide: experiment.settings[1]?.input,
            n: puzzles.length,
            ...(done < total || origin ? { answers: { total, done, ...origin } } : {}),
            ...GAP_STATISTICS,
          },
        };
        return gapPieces(jsonText(result), graded);
      },
    };
  },

  table: (graded) => gapTable(graded),

  findings: (rows, _, said: typeof words = words) =>
    rows.flatMap(({ variant, families, pooled: { all } }) =>
      all && all.gap.n > 0
        ? [said.findings.gap(variant, all, undecidedOf(all)), said.findings.widest(variant, families)].filter(
            Boolean,
          )
        : [],
    ),
};

/** Where the file calls a model otherwise than its folder is called. */
function labelOf({ name, checkpoint }: AskedModel): { readonly label?: string } {
  return name === checkpoint.name ? {} : { label: name };
}

const provenanceOf = ({ checkpoint, model }: AskedModel, seed: number): object =>
  provenance(checkpoint, model, seed);
