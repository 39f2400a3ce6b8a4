import { texts } from '../language/texts.ts';

export const en = {
  copy: 'Copy',
  close: 'Close',
  language: (name: string) => `Language: ${name}`,
  choosePoint: 'Choose a point of a chart to see the samples behind it.',
  more: (all: number) => `More of ${all}`,
};

export const t = texts('components', en);
