declare module 'virtual:module-hashes' {
  /** By kind of work, SHA-256 in hex of the modules that compute it. */
  export const moduleHashes: Readonly<Record<string, string>>;
  /** The same of all kinds together. */
  export const allModules: string;
}
