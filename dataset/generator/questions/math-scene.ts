import type { DraftOptions } from '../item.ts';
import { listed, plural } from '../language/phrases.ts';
import { COLOUR_NAMES } from '../drawing/palette.ts';
import { SHAPES } from '../drawing/shapes.ts';
import type { Random } from '../random/random.ts';
import { drawObjects, objectsContent, placeObjects, type Look, type SceneObject } from '../scene/objects.ts';
import { describeObjects } from '../scene/where.ts';
import type { Question } from './question.ts';

/** What is counted in a scene: "red items", "stars". */
interface Group {
  name: string;
  fits(look: Look): boolean;
}

/** A scene with one to four things of each of two groups, and up to one of neither. */
function twoGroups(
  random: Random,
  { alignment }: DraftOptions,
): { objects: SceneObject[]; groups: [Group, Group]; counts: [number, number] } | undefined {
  const byShape = random.chance(0.5);
  const [one, other, neither] = random.some<string>(byShape ? SHAPES : COLOUR_NAMES, 3);
  if (one === undefined || other === undefined || neither === undefined) return undefined;
  const counts: [number, number] = [random.whole(1, 4), random.whole(1, 4)];
  const kinds = [one, other, neither].flatMap((kind, i) =>
    Array.from({ length: counts[i] ?? random.whole(0, 1) }, () => kind),
  );
  const looks = kinds.map((kind): Look => {
    const [shape = random.pick(SHAPES)] = SHAPES.filter((name) => byShape && name === kind);
    const [colour = random.pick(COLOUR_NAMES)] = COLOUR_NAMES.filter((name) => !byShape && name === kind);
    return { shape, colour };
  });
  const objects = placeObjects(random, random.shuffled(looks), alignment);
  const group = (kind: string): Group => ({
    name: byShape ? plural(kind) : `${kind} items`,
    fits: (look) => kind === (byShape ? look.shape : look.colour),
  });
  return objects && { objects, groups: [group(one), group(other)], counts };
}

type Asked = Pick<Question, 'prompt' | 'answer' | 'rationale' | 'level' | 'questionType'>;

function sceneQuestion(objects: readonly SceneObject[], asked: Asked): Question {
  return {
    ...asked,
    context: 'scene',
    content: objectsContent(objects),
    drawing: drawObjects(objects),
    description: `There is ${describeObjects(objects)}.`,
  };
}

/** "How many more stars than circles are there?" */
export function difference(random: Random, options: DraftOptions): Question | undefined {
  const scene = twoGroups(random, options);
  if (!scene || scene.counts[0] < scene.counts[1]) return undefined;
  const { objects, groups, counts } = scene;
  return sceneQuestion(objects, {
    prompt: `How many more ${groups[0].name} than ${groups[1].name} are there?`,
    answer: String(counts[0] - counts[1]),
    rationale: `${seen(groups, counts)} ${counts[0]} - ${counts[1]} = ${counts[0] - counts[1]}.`,
    level: 1,
    questionType: 'count-difference',
  });
}

/** "Multiply the number of stars by the number of circles." */
export function product(random: Random, options: DraftOptions): Question | undefined {
  const scene = twoGroups(random, options);
  if (!scene) return undefined;
  const { objects, groups, counts } = scene;
  return sceneQuestion(objects, {
    prompt: `Multiply the number of ${groups[0].name} by the number of ${groups[1].name}. What is the result?`,
    answer: String(counts[0] * counts[1]),
    rationale: `${seen(groups, counts)} ${counts[0]} × ${counts[1]} = ${counts[0] * counts[1]}.`,
    level: 2,
    questionType: 'count-product',
  });
}

/** "Each star costs 3 coins, each circle 5." */
export function costs(random: Random, options: DraftOptions): Question | undefined {
  const scene = twoGroups(random, options);
  if (!scene) return undefined;
  const { objects, groups, counts } = scene;
  const prices: [number, number] = [random.whole(2, 6), random.whole(2, 6)];
  const [one, other] = [counts[0] * prices[0], counts[1] * prices[1]];
  return sceneQuestion(objects, {
    prompt:
      `The ${groups[0].name} cost ${prices[0]} coins each, the ${groups[1].name} ${prices[1]} coins each. ` +
      `How much do they cost together?`,
    answer: String(one + other),
    rationale:
      `${seen(groups, counts)} ${counts[0]} × ${prices[0]} = ${one}. ` +
      `${counts[1]} × ${prices[1]} = ${other}. ${one} + ${other} = ${one + other}.`,
    level: 3,
    questionType: 'count-cost',
  });
}

function seen(groups: readonly Group[], counts: readonly number[]): string {
  return `I see ${listed(groups.map(({ name }, i) => `${counts[i] ?? 0} ${name}`))}.`;
}
