import { texts } from '../language/texts.ts';

/** Of the line at the foot; what stands in a sheet has its own (`kept-texts.ts`). */
export const en = {
  newer: (busy: boolean) =>
    `A new version is here: reload when it suits you.${busy ? ' What runs ends first.' : ''}`,
  reload: 'Reload',
  later: 'Later',
};

export const t = texts('offline', en);
