import { texts } from '../language/texts.ts';

export const en = {
  found: 'What was found',
  open: 'Open in Frankenscope',
  reading: 'Reading the study.',
};

export const t = texts('embed', en);
