import { serveDigest } from '../src/served/kept/digest-file.ts';

serveDigest();
