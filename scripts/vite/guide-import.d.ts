/** A document as HTML (`scripts/vite/guide.mjs`). */
declare module '*.md?guide' {
  const html: string;
  export default html;
}
