declare module '*?first-glyphs' {
  const url: string;
  /** The characters that it has, as style sheets say them. */
  export const unicodeRange: string;
  export default url;
}
