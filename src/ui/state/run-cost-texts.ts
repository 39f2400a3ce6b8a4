import { texts } from '../language/texts.ts';

export const en = {
  about: (time: string) => `about ${time}`,
  between: (least: string, most: string) => `${least} to ${most}`,
  onDevice: (time: string) => `${time} on this device`,
  unknown: 'time on this device not known before a first run or check',
  took: (time: string, told: string | null) => (told ? `took ${time} (expected ${told})` : `took ${time}`),
};

export const t = texts('run-costs', en);
