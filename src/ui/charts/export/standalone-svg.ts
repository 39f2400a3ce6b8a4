import { embeddedFonts } from './fonts.ts';

/** What a shape or text looks like; the rest follows from its place. */
const LOOKS = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray'],
  ...['stroke-linecap', 'stroke-linejoin', 'opacity', 'paint-order', 'shape-rendering'],
  ...['font-family', 'font-size', 'font-weight', 'font-style', 'text-anchor', 'dominant-baseline'],
  'font-variant-numeric',
] as const;

const NAMESPACE = 'http://www.w3.org/2000/svg';
const MARGIN = 24;

interface Heading {
  readonly title: string;
  /** Lines under the title: how to read it, "n = 100, seed 123". */
  readonly lines: readonly string[];
}

function node(name: string, attributes: Record<string, string | number>, text = ''): SVGElement {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

/** Writes what the page's style sheets say into the element itself. */
function inline(original: Element, copy: Element): void {
  const style = getComputedStyle(original);
  for (const name of [...copy.attributes].map((attribute) => attribute.name)) {
    if (name === 'class' || name === 'style' || /^(aria|data)-|^(role|tabindex)$/.test(name))
      copy.removeAttribute(name);
  }
  for (const look of LOOKS) {
    const value = style.getPropertyValue(look);
    const inherited =
      original.parentElement && getComputedStyle(original.parentElement).getPropertyValue(look);
    if (value !== '' && (value !== inherited || original.tagName === 'svg' || look === 'opacity'))
      copy.setAttribute(look, value);
  }
  if (copy.getAttribute('opacity') === '1') copy.removeAttribute('opacity');
  [...original.children].forEach((child, i) => {
    const twin = copy.children[i];
    if (twin) inline(child, twin);
  });
}

/** Words on lines no longer than `width` pixels at `size`. */
function wrapped(text: string, width: number, size: number): string[] {
  const most = Math.max(20, Math.floor(width / (size * 0.52)));
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const open = lines.at(-1);
    if (open !== undefined && open.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${open} ${word}`;
    else lines.push(word);
  }
  return lines.filter((line) => line !== '');
}

/**
 * A chart as an SVG that needs nothing of this page: styles written into the elements, fonts inside, its heading
 * above it, on the page's ground.
 */
export async function standaloneSvg(chart: SVGSVGElement, heading: Heading): Promise<string> {
  const [width, height] = [chart.width.baseVal.value, chart.height.baseVal.value];
  const root = getComputedStyle(chart);
  const ink = getComputedStyle(chart).color;
  const ground = getComputedStyle(document.documentElement).backgroundColor;
  const size = Number.parseFloat(root.fontSize);

  const copy = chart.cloneNode(true) as SVGSVGElement;
  inline(chart, copy);
  const walker = document.createTreeWalker(copy, NodeFilter.SHOW_COMMENT);
  const comments: Node[] = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.parentNode?.removeChild(comment);

  const lines = heading.lines.flatMap((line) => wrapped(line, width, size * 0.87));
  const head = size * (1.9 + 1.4 * lines.length);
  const [wide, high] = [width + 2 * MARGIN, height + head + 2 * MARGIN];
  const outer = node('svg', { width: wide, height: high, viewBox: `0 0 ${wide} ${high}`, xmlns: NAMESPACE });
  const family = { 'font-family': root.fontFamily, fill: ink };
  /** A line of the heading, `down` times its size below the margin. */
  const written = (line: string, down: number, high: number, more: Record<string, number>) =>
    node('text', { ...family, x: MARGIN, y: MARGIN + size * down, 'font-size': high, ...more }, line);
  const text = `${chart.textContent ?? ''}${heading.title}${heading.lines.join('')}`;
  const families = new Set(
    [...FONT_FAMILIES].filter((name) => copy.outerHTML.includes(name) || root.fontFamily.includes(name)),
  );
  outer.append(
    node('title', {}, heading.title),
    node('desc', {}, heading.lines.join(' ')),
    node('style', {}, await embeddedFonts(text, families)),
    node('rect', { width: '100%', height: '100%', fill: ground }),
    written(heading.title, 1, size, { 'font-weight': 600 }),
    ...lines.map((line, i) => written(line, 2.4 + 1.4 * i, size * 0.87, { 'fill-opacity': 0.75 })),
  );
  copy.setAttribute('x', String(MARGIN));
  copy.setAttribute('y', String(MARGIN + head));
  copy.setAttribute('overflow', 'visible');
  outer.append(copy);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(outer)}\n`;
}

/** The families of the page's own fonts. */
const FONT_FAMILIES: ReadonlySet<string> = new Set(['Inter Variable', 'JetBrains Mono Variable']);
