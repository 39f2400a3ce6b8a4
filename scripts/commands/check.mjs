import { COMMON } from './shared/flags.mjs';

/** Every format is checked, no model is loaded, and nothing is drawn. */
const { dtype: _, memory: __, seed: ___, ...COMMON_OF_CHECK } = COMMON;

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'whether this device computes right, and how fast it is',
  writes: 'json',
  flags: { ...COMMON_OF_CHECK },
  wrong: (result) => {
    const { computesRight, sentence, advice } =
      /** @type {{computesRight: boolean, sentence: string, advice: string[]}} */ (result);
    return computesRight ? null : ['DeviceComputesWrong:', sentence, ...advice].join(' ');
  },
};
