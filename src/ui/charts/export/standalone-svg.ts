import { embeddedFonts } from './fonts.ts';
import { framed, type FramedText, type Framing } from './framing.ts';

/** What a shape or text looks like; the rest follows from its place. */
const LOOKS = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray'],
  ...['stroke-linecap', 'stroke-linejoin', 'opacity', 'paint-order', 'shape-rendering'],
  ...['font-family', 'font-size', 'font-weight', 'font-style', 'text-anchor', 'dominant-baseline'],
] as const;

const NAMESPACE = 'http://www.w3.org/2000/svg';

function node(name: string, attributes: Record<string, string | number>, text = ''): SVGElement {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

/** A colour that was mixed of two as all programs know it: of "color(srgb 1 0.5 0)" few do. */
function written(value: string): string {
  return value.replace(
    /^color\(srgb (\S+) (\S+) (\S+)\)$/,
    (_, ...parts: string[]) =>
      `rgb(${parts
        .slice(0, 3)
        .map((part) => Math.round(255 * Number(part)))
        .join(', ')})`,
  );
}

/** Writes what the page's style sheets say into the element itself. */
function inline(original: Element, copy: Element): void {
  const style = getComputedStyle(original);
  for (const name of [...copy.attributes].map((attribute) => attribute.name)) {
    if (name === 'class' || name === 'style' || /^(aria|data)-|^(role|tabindex)$/.test(name))
      copy.removeAttribute(name);
  }
  for (const look of LOOKS) {
    const value = written(style.getPropertyValue(look));
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

/** Leaves out what draws nothing: comments, and white space at the ends of a text. */
function tidy(copy: SVGSVGElement): void {
  const walker = document.createTreeWalker(copy, NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_TEXT);
  const found: Node[] = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  for (const one of found) {
    const text = one.parentElement?.closest('text');
    if (!text) (one as ChildNode).remove();
    else one.textContent = one instanceof Comment ? '' : (one.textContent ?? '').replace(/\s+/g, ' ');
  }
  for (const comment of found) if (comment instanceof Comment) comment.remove();
  for (const text of copy.querySelectorAll('text')) {
    text.normalize();
    const [first, last] = [text.firstChild, text.lastChild];
    if (first instanceof Text) first.data = first.data.trimStart();
    if (last instanceof Text) last.data = last.data.trimEnd();
  }
}

/** A chart on its own: styles written into the elements, its heading above and where it comes from below, on the page's ground. */
export interface Picture {
  readonly svg: SVGSVGElement;
  readonly width: number;
  readonly height: number;
  readonly ground: string;
}

/** A copy of a chart as it stands on the page now, that needs no style sheet but its faces. */
export function bare(chart: SVGSVGElement): SVGSVGElement {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  inline(chart, copy);
  tidy(copy);
  return copy;
}

/** A copy of a chart as it stands on the page now; the faces of all its texts have to be there (`loadFaces`). */
export function picture(chart: SVGSVGElement, framing: Framing): Picture {
  const drawn = { width: chart.width.baseVal.value, height: chart.height.baseVal.value };
  const { color, fontFamily } = getComputedStyle(chart);
  const ground = getComputedStyle(document.documentElement).backgroundColor;
  const copy = bare(chart);
  const { texts, at, width, height } = framed(drawn, framing);
  const svg = node('svg', {
    ...{ width, height, viewBox: `0 0 ${width} ${height}`, xmlns: NAMESPACE },
  }) as SVGSVGElement;
  const textNode = ({ text, face, x, y, size, weight = 400, soft }: FramedText): SVGElement =>
    node(
      'text',
      {
        ...{ x, y, fill: color, 'font-size': size, 'font-weight': weight },
        'font-family': face === 'mono' ? MONO : fontFamily,
        ...(soft ? { 'fill-opacity': 0.75 } : {}),
      },
      text,
    );
  svg.append(
    node('title', {}, framing.title),
    node('desc', {}, framing.lines.join(' ')),
    node('metadata', {}, framing.metadata),
    node('rect', { width, height, fill: ground }),
    ...texts.map(textNode),
  );
  // In a group: an svg inside another is a viewport of its own, which few drawing programs open.
  const marks = node('g', { transform: `translate(${at.x} ${at.y}) scale(${at.scale})` });
  for (const name of [...copy.attributes].map((attribute) => attribute.name))
    if (!['width', 'height', 'xmlns', 'overflow'].includes(name))
      marks.setAttribute(name, copy.getAttribute(name) ?? '');
  marks.append(...copy.childNodes);
  svg.append(marks);
  const made = { svg, width, height, ground };
  laidOut(made, () => svg.querySelectorAll('text').forEach(onAlphabeticBaseline));
  return made;
}

/** The page's own face for numbers and code. */
const MONO = "'JetBrains Mono Variable', monospace";

/** Puts a picture where the browser lays it out, unseen, and does something with it. */
export function laidOut<T>({ svg }: Picture, use: (svg: SVGSVGElement) => T): T {
  const stage = document.createElement('div');
  Object.assign(stage.style, { position: 'fixed', top: '0', left: '0', visibility: 'hidden', zIndex: '-1' });
  stage.inert = true;
  stage.append(svg);
  document.body.append(stage);
  try {
    return use(svg);
  } finally {
    stage.remove();
  }
}

/** Few programs know of other baselines. */
function onAlphabeticBaseline(text: SVGTextElement): void {
  const { dominantBaseline } = getComputedStyle(text);
  if (dominantBaseline === 'auto' || dominantBaseline === 'alphabetic') return;
  const { y } = text.getBBox();
  text.setAttribute('dominant-baseline', 'alphabetic');
  const down = y - text.getBBox().y;
  for (const part of [text, ...text.querySelectorAll('tspan[y]')])
    part.setAttribute('y', String(Number(part.getAttribute('y') ?? 0) + down));
}

/** As a file that needs nothing of this page: fonts inside. Draws as it does here wherever an SVG is shown. */
export async function svgText(picture: Picture): Promise<string> {
  const svg = picture.svg.cloneNode(true) as SVGSVGElement;
  svg.querySelector('title')?.before(node('style', {}, await embeddedFonts(svg)));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(svg)}\n`;
}
