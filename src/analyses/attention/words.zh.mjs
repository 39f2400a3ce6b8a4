import { evenDecimals } from '../../even-decimals.mjs';
import { signed } from '../../number-text.mjs';
import { INTERVAL_KINDS, itemsText, spanText } from '../../number-text.zh.mjs';
import { WORDS } from '../shared-settings.zh.mjs';

/** @import * as english from './words.mjs' */

/** @type {typeof english.words} */
export const words = {
  title: '注意力',
  help: '生成的 token 对图像的注意力，IN 与 RL 对比',
  samples: '视觉问题：与图像放在一起的 JSONL、TSV 或 CSV，或 Parquet',
  empty: '看模型把多少注意力放在图像上。',
  needs: '请加载一个模型。',
  settings: {
    samples: WORDS.samples,
    seed: WORDS.seed,
    running: {
      help: '两者都读同一个模型的回答，或各读自己的',
      label: '读取',
      names: { 'teacher-forced': '都读同一个回答', free: '各读自己的回答' },
      titles: { 'teacher-forced': '以 IN 的回答做 teacher forcing' },
    },
    forcedBy: { help: '都读谁的回答' },
    onlyThink: { help: '只取 <think>…</think> 之内的 token', label: '只取 <think> 之内' },
    heads: { help: '也给出每个注意力头的总量' },
    system: WORDS.system,
    maxNewTokens: WORDS.maxNewTokens,
  },

  findings: {
    shift([before, after], differences) {
      const [first] = differences;
      if (!first) return '';
      const widest = differences.reduce((best, one) =>
        Math.abs(one.mass.mean) > Math.abs(best.mass.mean) ? one : best,
      );
      const { layer, mass } = widest;
      const beyond = differences.flatMap(({ mass: { interval } }) => (interval ? [interval] : []));
      const more = beyond.filter(({ low }) => low > 0).length;
      const less = beyond.filter(({ high }) => high < 0).length;
      const masses = [before, after].map(({ layers }) => layers[layer]?.mass.mean ?? NaN);
      const [from, to] = masses.map(evenDecimals(masses));
      const { mean, interval: ends } = mass;
      const form = evenDecimals(ends ? [mean, ends.low, ends.high] : [mean], signed);
      const interval = mass.interval
        ? `${INTERVAL_KINDS.student}：${spanText(mass.interval, form)}，`
        : '无置信区间，';
      const told =
        beyond.length > 0
          ? `${differences.length} 层中，${after.name} 比 ${before.name} 更注意图像的有 ${more} 层，更不注意图像的有 ${less} 层（置信区间不含零）`
          : `${after.name} 是否比 ${before.name} 更注意图像，无法判断`;
      return `${told}；两者在第 ${layer + 1} 层相差最大：注意力总量 ${after.name} 为 ${to}，${before.name} 为 ${from}，平均相差 ${form(mass.mean)}（${interval}${itemsText(mass.n)}）。`;
    },

    without: ({ name, without }) => `${name}：${without} 个样本没有可供观察的 token，不计入。`,
  },
};
