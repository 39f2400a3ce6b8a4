/** The address of a file that the build gzips; see `gzip-asset.mjs`. */
declare module '*?gzip' {
  const url: string;
  export default url;
}
