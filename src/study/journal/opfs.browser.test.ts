import { journalSuite } from '../testing/journal-suite.ts';
import { browserStorage } from './browser-storage.ts';

journalSuite('origin-private storage', async () => {
  const storage = browserStorage();
  for (const { key } of await storage.list()) await storage.remove(key);
  return storage;
});
