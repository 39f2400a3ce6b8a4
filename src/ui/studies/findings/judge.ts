import type { OpenedStudy } from '../../state/opened-study.ts';
import type { ShownClaim } from '../../talk/shown-claim.ts';
import { t } from '../texts.ts';
import { judgedStudy } from './judged-study.ts';

/** How a study stands to the papers' claims, as slides show it. @throws NamedError those of `judgedStudy` */
export async function judge(study: OpenedStudy): Promise<readonly ShownClaim[]> {
  const { judged } = await judgedStudy(study);
  return judged.map(({ claim: { id, says }, verdict, sentence }) => ({
    ...{ id, says, sentence },
    verdict: t.findings.verdicts[verdict],
  }));
}
