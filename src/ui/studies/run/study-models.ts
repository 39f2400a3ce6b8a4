/** The models that a study names, in the slots of the app. */
import type { Probe } from '../../../analyses/probe.ts';
import { PROBES } from '../../../analyses/registry.ts';
import type { Json } from '../../../identity/canonical-json.ts';
import { isRole, ROLE_LABELS, ROLES } from '../../../roles.mjs';
import { committedSet, type CommittedSet } from '../../../study/run/run-analysis.ts';
import { type SpecOver, specOf, specOver } from '../../../study/run/spec-over.ts';
import type { StudyAnalysis, StudySpec } from '../../../study/spec.ts';
import type { Family } from '../../state/family.svelte.ts';
import type { Slot } from '../../state/slot.svelte.ts';
import { t } from '../texts.ts';

/** What a run of a study's analyses would be of, with what is open. */
export interface RunChoice extends SpecOver {
  /** Those that can be run here. */
  readonly runs: readonly StudyAnalysis[];
  /** "the demo family", or what its checkpoints are called. */
  readonly over: string;
  /** Whether the demo family has to be open for it. */
  readonly isDemo: boolean;
  /** Whether it is the study as it stands: then what was begun of it goes on. */
  readonly isSame: boolean;
}

const isDemoPlace = (path: string): boolean => path.startsWith('demo:');

/** The slot of one of a study's models; undefined where its folder is not open there. */
export function slotOf({ slots }: Family, spec: StudySpec, name: string): Slot | undefined {
  const folder = spec.folders
    .get(name)
    ?.split('/')
    .findLast((part) => part !== '');
  return slots.find(
    (slot) =>
      slot.checkpoint?.name === folder && (!isRole(name) || slot.identity.label === ROLE_LABELS[name]),
  );
}

/**
 * The study itself where its models are open, or are the demo family's and nothing else is open; else its analyses over what is open.
 *
 * @returns null where nothing is open that it could be run on
 * @throws NamedError those of `readStudySpec`
 */
export function runChoice(family: Family, given: Json): RunChoice | null {
  const choice = choiceOf(family, given);
  if (!choice) return null;
  const runs = choice.spec.analyses.filter(isCommitted);
  const unread = choice.spec.analyses.flatMap((analysis) =>
    isCommitted(analysis)
      ? []
      : [
          {
            analysis: analysis.folder,
            why: t.run.noneOfOurs(analysis.samples ?? ''),
          },
        ],
  );
  return { ...choice, runs, leftOut: [...choice.leftOut, ...unread] };
}

/** Whether what it asks travels with the app. */
function isCommitted({ declaration, samples }: StudyAnalysis): boolean {
  const probe = PROBES.get(declaration.name);
  return probe ? committedAt(probe, samples) !== null : samples === null;
}

/** The app's own set of that place; null of any other. */
export function committedAt({ declaration: { asks } }: Probe, samples: string | null): CommittedSet | null {
  const [, name = ''] = /dataset\/data\/(?:items\/)?([\w-]+)(?:\.jsonl)?\/?$/.exec(samples ?? '') ?? [];
  return committedSet(asks, name);
}

function choiceOf(family: Family, given: Json): Omit<RunChoice, 'runs'> | null {
  const spec = specOf(given);
  const names = [...spec.folders.keys()];
  const isDemo = [...spec.folders.values()].every(isDemoPlace);
  const others = family.opened.some(({ checkpoint }) => !isDemoPlace(checkpoint?.name ?? ''));
  const same = { spec, leftOut: [], isDemo, isSame: true };
  if (isDemo && !others) return { ...same, over: t.run.overDemo };
  if (names.every((name) => slotOf(family, spec, name)))
    return { ...same, over: [...spec.folders.values()].join(', ') };
  const open = family.opened.flatMap(({ identity, checkpoint }) => {
    const role = ROLES.find((one) => ROLE_LABELS[one] === identity.label);
    return checkpoint ? [{ name: role ?? identity.label, role, folder: checkpoint.name }] : [];
  });
  if (open.length === 0) return null;
  const by = (some: typeof open) => Object.fromEntries(some.map(({ name, folder }) => [name, folder]));
  const donors = by(open.filter(({ role, name }) => !role && /^\w[\w.-]{0,39}$/.test(name)));
  const models = {
    ...by(open.filter(({ role }) => role)),
    ...(Object.keys(donors).length > 0 ? { donors } : {}),
  };
  const over = open.map(({ folder }) => folder).join(', ');
  return {
    ...specOver(given, models, over.slice(0, 200), t.run.reasons),
    over,
    isDemo: false,
    isSame: false,
  };
}
