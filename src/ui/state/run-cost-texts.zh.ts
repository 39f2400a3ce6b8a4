import type { en } from './run-cost-texts.ts';

export const zh: typeof en = {
  about: (time) => `约 ${time}`,
  between: (least, most) => `${least}到 ${most}`,
  onDevice: (time) => `${time}（本设备）`,
  unknown: '本设备上需要多久，首次运行或检测设备之后才知道',
  took: (time, told) => (told ? `用时 ${time}（预计 ${told}）` : `用时 ${time}`),
};
