import { NamedError } from '../../named-error.ts';
import type { Papers } from './papers.ts';

const FILE = 'published/papers.json';

/** Reads the published numbers that lie beside the page. */
export async function loadPapers(
  fetchFile: (url: URL) => Promise<Response> = (url) => fetch(url),
): Promise<Papers> {
  try {
    const response = await fetchFile(new URL(FILE, document.baseURI));
    if (!response.ok) throw new Error(`the host answered ${response.status}`);
    // The file is ours and is checked where it is made (papers.test.ts).
    return (await response.json()) as Papers;
  } catch (cause) {
    throw new NamedError(
      'PublishedNumbersMissing',
      'the papers’ numbers could not be read',
      { file: FILE },
      'reload the page; without them all else works',
      { cause },
    );
  }
}
