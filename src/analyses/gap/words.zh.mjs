import { pSaid } from '../../number-text.mjs';
import { itemsText } from '../../number-text.zh.mjs';
import { EVALUATED_WORDS, ITEMS_HELP } from '../shared-settings.zh.mjs';
import { differenceText, shareText } from '../wording.zh.mjs';

/** @import * as english from './words.mjs' */

/** @type {typeof english.words} */
export const words = {
  title: '感知或推理',
  help: '感知还是推理：同一谜题用图像问和用文字问',
  samples: ITEMS_HELP,
  empty: '运行评测后显示。',
  needs: '请加载一个模型。',
  nothingToAsk:
    '谜题需要图片、文字描述，以及 general-vqa 和 math-targeted-vqa 之外的类别：请补上，或指明它们的列名（--columns description=…,category=…）',
  settings: {
    reward: { help: '六种奖励之一（默认：全部）' },
    text: {
      help: '文字一侧：只有文字，或文字加黑色图像（默认：只有文字；demo 风格用黑色图像）',
      label: '文字一侧',
      names: { alone: '只有文字', black: '文字加黑色图像' },
    },
    ...EVALUATED_WORDS,
  },

  findings: {
    gap(model, { image, text, gap }, undecided) {
      const noted = undecided > 0 ? [`${undecided} 个未能及时判定`] : [];
      return `${model}：用图像答对 ${shareText(image)}，用文字答对 ${shareText(text)}；文字减图像 ${differenceText(gap, noted)}。`;
    },

    widest(model, families) {
      const [first] = families;
      if (!first || families.length < 2) return '';
      const widest = families.reduce((best, one) => (one.gap.delta > best.gap.delta ? one : best));
      const holm = `Holm ${pSaid(widest.adjustedP)}，共 ${families.length} 类谜题`;
      return `${model}：图像与文字之间的差距在 ${widest.family.replaceAll('_', ' ')} 类最大：${differenceText(widest.gap, [holm, itemsText(widest.gap.n)])}。`;
    },
  },
};
