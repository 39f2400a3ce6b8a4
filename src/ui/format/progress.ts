import type { Pace } from '../../work/pace.ts';
import type { WorkProgress } from '../../work/long-work.ts';
import { bytes, bytesPerSecond, count, duration } from './quantity.ts';
import { sentence } from './sentence.ts';

/** "Reading updates · 4.2 of 15.4 GiB · 812 MiB/s · 14 s left". */
export function paceText({ phase, done, total, unit }: WorkProgress, { rate, etaSeconds }: Pace): string {
  const amount =
    unit === 'bytes' ? `${bytes(done)} of ${bytes(total)}` : `${count(done)} of ${count(total)} ${unit}`;
  const parts = [sentence(phase).replace(/\.$/, ''), amount];
  if (rate !== null) parts.push(unit === 'bytes' ? bytesPerSecond(rate) : `${perSecond(rate)} ${unit}/s`);
  if (etaSeconds !== null && done < total) parts.push(`${duration(etaSeconds)} left`);
  return parts.join(' · ');
}

function perSecond(rate: number): string {
  return String(Number(rate.toPrecision(rate >= 100 ? 3 : 2)));
}
