/** The first draw of at most `times` that comes to something. */
export function repeat<T>(times: number, draw: () => T | undefined): T | undefined {
  for (let attempt = 0; attempt < times; attempt++) {
    const drawn = draw();
    if (drawn !== undefined) return drawn;
  }
  return undefined;
}
