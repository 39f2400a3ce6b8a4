import interUrl, {
  unicodeRange,
} from '@fontsource-variable/inter/files/inter-latin-opsz-normal.woff2?first-glyphs';
import monoUrl from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2?first-glyphs';

/**
 * The fonts cut to what English needs: they stand before the whole ones of the style sheet, which are fetched for other characters and
 * for what is exported. Of the same weights, since faces of other weights would be another choice, not a part of the same.
 */
export function addFirstFonts(fonts: FontFaceSet = document.fonts): void {
  for (const [family, url, weight] of [
    ['Inter Variable', interUrl, '100 900'],
    ['JetBrains Mono Variable', monoUrl, '100 800'],
  ] as const)
    fonts.add(new FontFace(family, `url(${JSON.stringify(url)})`, { weight, unicodeRange, display: 'swap' }));
}
