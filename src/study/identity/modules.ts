import { version } from '../../../package.json';

/** What computed: a name for all code that this kind of work runs through. Records of another are never gone on with. */
export function modulesOf(_kind: string): string {
  return version;
}
