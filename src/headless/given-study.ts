/** The study that `--spec` names, and what each of its analyses is given. */
import type { NamedPlace } from '../../scripts/page-api.d.ts';
import { UPDATES } from '../analyses/registry.ts';
import { defaultValues } from '../analyses/setting-values.ts';
import { NamedError } from '../named-error.ts';
import { isRole, ROLES } from '../roles.mjs';
import { readStudySpec, type StudyAnalysis, type StudySpec } from '../study/spec.ts';
import type { AnalysisContext, CommandContext } from './context.ts';
import type { GivenInputs, Instead } from './file-inputs.ts';
import type { FlagReader } from './flag-reader.ts';

/** The flags under which the page takes donors, and what is asked. */
const DONORS = 'model';
const SAMPLES = 'samples';

/** @throws NamedError `BadValue` of several files; those of `readStudySpec` */
export async function givenSpec(inputs: GivenInputs): Promise<StudySpec> {
  const [file, ...others] = inputs.list('spec');
  if (!file || others.length > 0)
    throw new NamedError('BadValue', `${others.length + 1} files are given`, { field: '--spec' }, 'give one');
  return readStudySpec(new Uint8Array(await file.arrayBuffer()), file.name);
}

/** Every folder and list that a study names, once. */
export function studyPlaces({ folders, analyses }: StudySpec): NamedPlace[] {
  const models = [...folders].map(([name, path]): NamedPlace => {
    const [flag, field] = isRole(name) ? [name, `models.${name}`] : [DONORS, `models.donors.${name}`];
    return { flag, kind: 'checkpoint', path, field };
  });
  const samples = sampleLists(analyses).map(({ samples, field }): NamedPlace => {
    return { flag: SAMPLES, kind: 'data', path: samples ?? '', field: `${field}.samples` };
  });
  return [...models, ...samples];
}

/** The first analysis that asks each of the lists. */
function sampleLists(analyses: readonly StudyAnalysis[]): readonly StudyAnalysis[] {
  const first = new Map<string | null, StudyAnalysis>();
  for (const analysis of analyses) if (!first.has(analysis.samples)) first.set(analysis.samples, analysis);
  return [...first.values()].filter(({ samples }) => samples !== null);
}

/** What one of its analyses is given: as if its command had been called with the study's models, samples and settings. */
export function givenOf(context: CommandContext, spec: StudySpec, analysis: StudyAnalysis): AnalysisContext {
  const { declaration, models, samples } = analysis;
  const donors = [...spec.folders.keys()].filter((name) => !isRole(name));
  const place = (name: string) =>
    (isRole(name) ? [name, 0] : [DONORS, donors.indexOf(name)]) as [string, number];
  const instead = new Map([...models].map(([flag, names]) => [flag, names.map(place)] as const));
  const asked: Instead =
    samples === null
      ? instead
      : new Map([...instead, [samplesFlag(declaration), [[SAMPLES, indexOf(spec, samples)] as const]]]);
  return {
    ...context,
    flags: flagsOf(context.flags, analysis),
    inputs: context.inputs.as(asked),
    checkpoints: context.checkpoints.as(instead),
  };
}

/** Its place in the family, and what pages call it there. */
export function placeIn(spec: StudySpec, name: string): number {
  const donors = [...spec.folders.keys()].filter((one) => !isRole(one));
  return isRole(name) ? ROLES.indexOf(name) : ROLES.length + donors.indexOf(name);
}

function samplesFlag(declaration: StudyAnalysis['declaration']): string {
  return 'samplesFlag' in declaration ? (declaration.samplesFlag as string) : 'items';
}

function indexOf({ analyses }: StudySpec, path: string): number {
  return sampleLists(analyses).findIndex(({ samples }) => samples === path);
}

/** As the shell would have filled them in. */
function flagsOf(flags: FlagReader, { declaration, settings }: StudyAnalysis): FlagReader {
  const given = Object.entries({ ...defaultValues(declaration.settings), ...settings });
  // What may be measured besides is an analysis of its own.
  const besides = [...UPDATES.keys()].map((name) => [name, false] as const);
  return flags.with({
    ...Object.fromEntries(besides),
    seed: 0,
    ...(Object.fromEntries(given.filter(([, value]) => value !== null)) as Record<string, string>),
  });
}
