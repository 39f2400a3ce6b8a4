import { WORDS } from '../shared-settings.zh.mjs';
import { shareText } from '../wording.zh.mjs';
import { followedFrom } from './words.mjs';

/** @import * as english from './words.mjs' */

/** @type {typeof english.words} */
export const words = {
  title: '激活修补',
  help: '在每一层之后把一个模型的隐藏状态放进另一个模型：得到谁的回答',
  samples: '视觉问题：与图像放在一起的 JSONL、TSV 或 CSV，或 Parquet',
  empty: '在每一层之后，把一个模型的隐藏状态放进另一个模型。',
  needs: '请加载 IN 和 RL。',
  settings: {
    samples: WORDS.samples,
    seed: WORDS.seed,
    from: { help: '交出谁的状态', label: '状态来自', names: { in: 'IN', rl: 'RL' } },
    layers: { help: '在 LLM 的哪些层之后，从 0 计（默认：嵌入，以及每一层）' },
    system: WORDS.system,
    maxNewTokens: WORDS.maxNewTokens,
    rows: WORDS.rows,
  },

  findings: {
    follows({ donor, recipient, asked, differing, depths }) {
      if (differing === 0)
        return asked === 1
          ? `${donor} 和 ${recipient} 对唯一的问题回答相同。`
          : `${donor} 和 ${recipient} 对全部 ${asked} 个问题回答相同。`;
      const majority = followedFrom(depths);
      const begin = `${donor} 和 ${recipient} 在 ${asked} 个问题中的 ${differing} 个上回答不同。`;
      if (!majority) return `${begin}在任何深度，其中多数都不随 ${donor}。`;
      const where = majority.depth === 0 ? '嵌入' : ` 第 1 至 ${majority.depth} 层`;
      return `${begin}换上 ${donor} 的${where}之后，其中多数随 ${donor}：${shareText({ ...majority, hits: majority.asDonor })}。`;
    },
  },
};
