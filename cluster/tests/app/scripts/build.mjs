export function ensureBuild() {}
