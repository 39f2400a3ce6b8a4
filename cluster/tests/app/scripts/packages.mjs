export function ensurePackages() {}
