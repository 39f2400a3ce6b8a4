/** What the pages of analyses say in Chinese, by the name of each one's texts. */
import { zh as ablate } from './ablate/texts.zh.ts';
import { zh as attention } from './attention/texts.zh.ts';
import { zh as diversity } from './diversity/texts.zh.ts';
import { zh as energy } from './energy/texts.zh.ts';
import { zh as lens } from './lens/texts.zh.ts';
import { zh as overlap } from './overlap/texts.zh.ts';
import { zh as patch } from './patch/texts.zh.ts';
import { zh as swap } from './swap/texts.zh.ts';
import { zh as analyses } from './texts.zh.ts';
import { zh as tokens } from './tokens/texts.zh.ts';
import { zh as words } from './words.zh.ts';

export const ANALYSES = {
  ...{ analyses, 'analysis-words': words },
  ...{ 'analyses/ablate': ablate, 'analyses/attention': attention, 'analyses/lens': lens },
  ...{ 'analyses/patch': patch, 'analyses/swap': swap, 'analyses/tokens': tokens },
  ...{ 'analyses/diversity': diversity, 'analyses/energy': energy, 'analyses/overlap': overlap },
};
