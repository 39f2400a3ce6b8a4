import type { Pace } from '../../work/pace.ts';
import type { WorkProgress } from '../../work/long-work.ts';
import { bytes, count, duration } from './quantity.ts';
import { sentence } from './sentence.ts';
import { t } from './texts.ts';

/** "Reading updates · 4.2 of 15.4 GiB · 812 MiB/s · 14 s left". */
export function paceText({ phase, of, done, total, unit }: WorkProgress, { rate, etaSeconds }: Pace): string {
  const form = unit === 'bytes' ? bytes : count;
  const doing = sentence(t.phase(phase)).replace(/[.。]$/, '');
  const parts = [of === undefined ? doing : t.phaseOf(doing, of), t.amount[unit](form(done), form(total))];
  if (rate !== null) parts.push(t.rate[unit](unit === 'bytes' ? bytes(rate) : perSecond(rate)));
  if (etaSeconds !== null && done < total) parts.push(t.left(duration(etaSeconds)));
  return parts.join(' · ');
}

function perSecond(rate: number): string {
  return String(Number(rate.toPrecision(rate >= 100 ? 3 : 2)));
}
