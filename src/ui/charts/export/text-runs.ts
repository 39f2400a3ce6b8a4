/** A piece of text that is drawn in one go: of one look, without a gap. */
export interface TextRun {
  readonly text: string;
  /** Where its baseline begins, and which way it runs. */
  readonly place: DOMMatrix;
  /** Along the baseline, in the text's own pixels. */
  readonly width: number;
  readonly size: number;
  readonly family: string;
  readonly weight: number;
  /** Italic or normal. */
  readonly slant: string;
  readonly fill: string;
  readonly opacity: number;
  /** Drawn around its letters, below them. */
  readonly halo: { readonly colour: string; readonly width: number } | null;
}

/** Pixels between two letters from which on they are two texts. */
const GAP = 0.5;

/**
 * The texts of a picture that is laid out, where the browser put them.
 *
 * @param kindOf letters of different kinds are never in one run
 */
export function textRuns(
  svg: SVGSVGElement,
  kindOf: (letter: string, look: Pick<TextRun, 'family' | 'weight' | 'slant'>) => unknown = () => null,
): readonly TextRun[] {
  const toPicture = matrixOf(svg).inverse();
  return [...svg.querySelectorAll('text')].flatMap((text) => {
    const place = toPicture.multiply(matrixOf(text));
    return runsOf(text, kindOf).map((run) => ({ ...run, place: place.multiply(run.place) }));
  });
}

/** Browsers give matrices of two kinds. */
function matrixOf(element: SVGGraphicsElement): DOMMatrix {
  return DOMMatrix.fromMatrix(element.getScreenCTM() ?? new DOMMatrix());
}

function runsOf(text: SVGTextElement, kindOf: NonNullable<Parameters<typeof textRuns>[1]>): TextRun[] {
  const runs: { run: TextRun; kind: unknown; end: DOMPoint; node: Node }[] = [];
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let at = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    const look = lookOf(node.parentElement ?? text);
    for (const letter of node.data) {
      // An index of what is drawn: white space at the ends was left out when the picture was made.
      if (at >= text.getNumberOfChars()) break;
      const start = text.getStartPositionOfChar(at);
      const end = text.getEndPositionOfChar(at);
      const kind = kindOf(letter, look);
      at += letter.length;
      const last = runs.at(-1);
      if (
        last?.node === node &&
        last.kind === kind &&
        Math.hypot(start.x - last.end.x, start.y - last.end.y) < GAP
      ) {
        const { run } = last;
        const { e: x, f: y } = run.place;
        last.run = { ...run, text: run.text + letter, width: Math.hypot(end.x - x, end.y - y) };
        last.end = end;
      } else {
        const place = new DOMMatrix()
          .translate(start.x, start.y)
          .rotate(text.getRotationOfChar(at - letter.length));
        const width = Math.hypot(end.x - start.x, end.y - start.y);
        runs.push({ run: { ...look, text: letter, place, width }, kind, end, node });
      }
    }
  }
  return runs.flatMap(({ run }) => (run.text.trim() === '' ? [] : [run]));
}

function lookOf(element: Element): Omit<TextRun, 'text' | 'place' | 'width'> {
  const style = getComputedStyle(element);
  const { fontFamily: family, fontStyle: slant, fill, stroke, paintOrder } = style;
  const width = Number.parseFloat(style.strokeWidth);
  let opacity = Number(style.fillOpacity);
  for (let one: Element | null = element; one && !(one instanceof HTMLElement); one = one.parentElement)
    opacity *= Number(getComputedStyle(one).opacity);
  return {
    ...{ family, slant, fill, opacity },
    ...{ size: Number.parseFloat(style.fontSize), weight: Number(style.fontWeight) },
    halo: stroke !== 'none' && paintOrder.startsWith('stroke') ? { colour: stroke, width } : null,
  };
}
