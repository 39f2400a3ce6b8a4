import { inUnicodeRange } from './unicode-range.ts';

/** Every `@font-face` of the page's own style sheets. */
function fontFaces(): CSSFontFaceRule[] {
  return [...document.styleSheets].flatMap((sheet) =>
    [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule),
  );
}

/** Bytes as text of an address `data:`. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** The families of the page's own fonts. */
const FAMILIES = ['Inter Variable', 'JetBrains Mono Variable'];

/** Resolves once every face is there that these characters need: text is measured and drawn as it will be seen. */
export async function loadFaces(text: string): Promise<void> {
  await Promise.all(FAMILIES.map((family) => document.fonts.load(`16px "${family}"`, text)));
}

/** All that is written in a picture. */
function writtenIn(svg: SVGSVGElement): string {
  return [...svg.querySelectorAll('text')].map((text) => text.textContent ?? '').join('');
}

/** `fontRules` of a picture. */
export function embeddedFonts(svg: SVGSVGElement): Promise<string> {
  return fontRules(writtenIn(svg), svg.outerHTML);
}

/**
 * `@font-face` rules with the font files inside, for the characters that are written and the families that markup names: what
 * leaves the page has no other way to its fonts. A family that the page does not host itself is left out.
 */
export async function fontRules(written: string, markup: string): Promise<string> {
  const points = [...new Set([...written].map((character) => character.codePointAt(0) ?? 0))];
  const families = new Set(FAMILIES.filter((family) => markup.includes(family)));
  const rules = fontFaces().flatMap((rule) => {
    const value = (name: string) => rule.style.getPropertyValue(name);
    const family = value('font-family').replace(/^["']|["']$/g, '');
    const [, file] = /url\("?([^"()]+)"?\)/.exec(value('src')) ?? [];
    const range = value('unicode-range');
    const used = points.some((point) => inUnicodeRange(range, point));
    if (!families.has(family) || !used || file === undefined || value('font-style') === 'italic') return [];
    const url = new URL(file, rule.parentStyleSheet?.href ?? document.baseURI).href;
    return [{ family, url, range, weight: value('font-weight') || '100 900' }];
  });
  const faces = await Promise.all(
    rules.map(async ({ family, url, range, weight }) => {
      const source = `url(data:font/woff2;base64,${base64(new Uint8Array(await (await fetch(url)).arrayBuffer()))}) format("woff2")`;
      const limits = range ? `unicode-range:${range};` : '';
      return `@font-face{font-family:"${family}";font-weight:${weight};${limits}src:${source}}`;
    }),
  );
  return faces.join('');
}
