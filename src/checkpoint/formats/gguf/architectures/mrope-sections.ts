import type { GgufMetadata } from '../metadata.ts';

/** How many rotary frequencies turn with time, height and width; the file has a fourth number, which is 0. @throws NamedError `InvalidMetadata` */
export function mropeSections(
  metadata: GgufMetadata,
  key: (name: string) => string,
): { mrope_section: readonly number[] } {
  const name = key('rope.dimension_sections');
  const found = metadata.numbers(name);
  if (found === undefined || found.length < 3) throw metadata.wrong(name, 'a list of three numbers or more');
  return { mrope_section: found.slice(0, 3) };
}
