/** What a report says by itself. */
export const words = {
  madeBy: (build: string, day: string) => `Study made with Frankenscope ${build} on ${day}.`,
  models: (names: readonly string[]) => `Models: ${names.join(', ')}.`,
  contents: 'Contents',
  claims: 'What the papers claim',
  provenance: 'Where the numbers come from',
  records: 'Records',
  again: 'How to make them again',
  saved:
    'Saved as study.json, with paths as they are on your machine, the study’s file below makes every number again:',
  file: 'The study’s file',
  cite: 'How to cite it',
  /** Behind a sentence. */
  note: (note: string) => ` ${note}.`,
  table: 'Table',
  tableOf: (title: string) => `Table of ${title}`,
  source: 'Provenance',
  ...{ model: 'model', folder: 'folder' },
  ...{ analysis: 'analysis', kind: 'kind', name: 'name of the records', code: 'hash of the code' },
};

export type ReportWords = typeof words;
