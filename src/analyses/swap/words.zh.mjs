import { LEAST } from '../../few-items.mjs';
import { evenShares } from '../../number-text.mjs';
import { INTERVAL_KINDS, joined, spanText } from '../../number-text.zh.mjs';
import { WORDS } from '../shared-settings.zh.mjs';
import { layerNames, shareText } from '../wording.zh.mjs';

/** @import * as english from './words.mjs' */

/** @type {typeof english.TASK_NAMES} */
export const TASK_NAMES = { ocr: 'OCR', counting: '计数', grounding: '视觉定位', recognition: '识别' };

/** @type {typeof english.words} */
export const words = {
  title: 'Token 替换',
  help: '逐层替换视觉 token',
  samples: '含有 <task>/data.jsonl 和 <task>/images/ 的文件夹',
  empty: '逐层替换，看回答在哪里改变。',
  needs: '请加载一个模型。',
  settings: {
    tasks: {
      help: 'ocr、counting、grounding、recognition（默认：全部）',
      ...{ label: '任务', names: TASK_NAMES },
    },
    samples: { help: '每个任务的样本对，取最前面的（默认：全部）', label: '每个任务的样本对', open: '全部' },
    mode: {
      help: '替换一层，或该层及其后所有层',
      label: '替换',
      names: { single: '一层', 'from-layer': '该层及其后所有层' },
      titles: { single: 'P1 Eq. 2，VFL', 'from-layer': '参考代码，以及 P1 App. D.2.1' },
    },
    reads: {
      help: '单独替换一层时由谁读取：其后的所有位置，或只有图像之后的内容（from-layer：两者相同）',
      label: '替换后的条目由谁读取',
      names: { all: '其后的全部内容', text: '图像之后的内容' },
      titles: {
        all: '其后的每个位置，包括图像自身的位置，它们把改变带到上面的层（P1 Eq. 2）',
        text: '提示词照原样读到图像结束，再带着替换后的条目继续（VFL 的 teaser 图）。从某层起替换时，两者相同',
      },
    },
    injection: {
      help: 'DeepStack 在被替换的位置加入什么：目标自己的、源的，或什么都不加（其他模型：保留）',
      ...WORDS.injection,
      names: { kept: '保留', source: '用源的', removed: '去掉' },
      titles: {
        kept: '前几层之后加入目标自己的特征，与不替换时相同',
        source: '在被替换的位置加入源的特征，与其 key 和 value 一样重采样',
        removed: '在被替换的位置什么都不加',
      },
    },
    definition: {
      help: '“改变”的定义；两种总是都会记录',
      ...{ label: '“改变”的定义', names: { paper: '论文的', reference: '参考代码的' } },
    },
    layers: WORDS.layers,
    literalImage: {
      help: '提示词开头的字面 <image>',
      ...{ label: '提示词前的字面 <image>', names: { strip: '去掉', keep: '保持原样' } },
    },
    answerSource: { help: '也询问模型自己对源图像的回答' },
    maxNewTokens: WORDS.maxNewTokens,
    rows: { ...WORDS.rows, help: '同时生成的回答数，来自多个样本对（默认：104，或内存能容纳的数量）' },
  },

  findings: {
    peak({ task, layers }) {
      const highest = Math.max(...layers.map(({ rate }) => rate));
      const peaks = layers.filter(({ rate }) => rate === highest);
      const [first] = peaks;
      if (!first) return '';
      const found = shareText({ ...first, hits: first.changed });
      if (first.changed === 0) return `${joined(TASK_NAMES[task], '在任何一层都不改变')}：${found}。`;
      const where = layerNames(peaks.map(({ layer }) => layer));
      return `${joined(TASK_NAMES[task], '在', where, '变化最多')}：${found}。`;
    },

    regions(regions) {
      const told = regions.flatMap(({ name, rate }) => (rate && rate.n >= LEAST ? [{ name, ...rate }] : []));
      const form = evenShares(told.flatMap(({ mean, interval }) => [mean, interval.low, interval.high]));
      const parts = told.map(
        ({ name, mean, interval }) => `${name} ${form(mean)}（${spanText(interval, form)}）`,
      );
      return parts.length > 0 ? `区间均值：${parts.join('，')}；${INTERVAL_KINDS.bootstrap}。` : '';
    },

    went({ layers }) {
      const peak = layers.reduce((best, layer) => (layer.rate > best.rate ? layer : best));
      if (peak.changed === 0) return '';
      const { source, elsewhere, unchanged } = peak.went;
      return `在第 ${peak.layer + 1} 层，${peak.n} 个回答中 ${source} 个变为源图像的回答，${elsewhere} 个变为其他回答，${unchanged} 个不变。`;
    },

    before({ task, changedBefore, n }) {
      if (changedBefore === 0) return '';
      return `${TASK_NAMES[task]}：不替换时，${n} 个中已有 ${changedBefore} 个满足定义。`;
    },

    reads(mode, reads) {
      if (reads === 'all') return '';
      return mode === 'single'
        ? '替换后的条目只由图像之后的内容读取（VFL 的 teaser 图）。'
        : '从某层起替换时，图像是否也读取替换后的条目没有差别。';
    },

    resampled: (pairs) => (pairs > 0 ? `其中 ${pairs} 个样本对经过重采样：图像大小不同。` : ''),
  },
};

/** @type {typeof english.swapped} */
export function swapped(mode, reads) {
  if (mode === 'from-layer')
    return '替换一层及其后所有层的视觉 token 时，回答改变的样本对占比（参考代码，以及 P1 App. D.2.1）。';
  const changed = '替换一层的视觉 token 时，回答改变的样本对占比';
  return reads === 'text'
    ? `${changed}；替换后的条目只由图像之后的内容读取（VFL 的 teaser 图）。`
    : `${changed}；替换后的条目由其后的全部内容读取，包括图像自身（P1 Eq. 2）。`;
}
