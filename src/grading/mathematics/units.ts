/** Units by all their spellings: what is one unit, in one line. Singular; plurals in -s are recognised. */
const SPELLINGS = [
  'mm millimeter millimetre',
  'cm centimeter centimetre',
  'dm decimeter decimetre',
  'm meter metre',
  'km kilometer kilometre',
  'in inch inches',
  'ft foot feet',
  'yd yard',
  'mi mile',
  'mg milligram',
  'g gram',
  'kg kilogram',
  'lb lbs pound',
  'oz ounce',
  'ml milliliter millilitre',
  'l liter litre',
  's sec second',
  'min minute',
  'h hr hour',
  'day',
  'week',
  'month',
  'yr year',
  'degree deg',
  'degc celsius',
  'degf fahrenheit',
  'rad radian',
  'cent',
  'dollar usd buck',
  'euro eur',
  'unit',
  'mi/h mph',
  'km/h kph kmh',
  'm/s',
  'n newton',
  'j joule',
  'w watt',
  'kw kilowatt',
  'v volt',
  'hz hertz',
  'pa pascal',
  'ohm',
];

const CANONICAL: ReadonlyMap<string, string> = new Map(
  SPELLINGS.flatMap((line) => {
    const [canonical = '', ...others] = line.split(' ');
    return [canonical, ...others].flatMap((name) => [
      [name, canonical] as const,
      ...(name.length > 2 ? [[`${name}s`, canonical] as const] : []),
    ]);
  }),
);

/** Chinese units of measure by ours. Longer ones first: 千米 before 米. */
const CHINESE: readonly (readonly [RegExp, string])[] = [
  [/平方([^/]+)/, '$1^2'],
  [/立方([^/]+)/, '$1^3'],
  [/毫米/, 'mm'],
  [/厘米/, 'cm'],
  [/分米/, 'dm'],
  [/千米|公里/, 'km'],
  [/米/, 'm'],
  [/毫克/, 'mg'],
  [/千克|公斤/, 'kg'],
  [/克/, 'g'],
  [/毫升/, 'ml'],
  [/升/, 'l'],
  [/小时/, 'h'],
  [/分钟/, 'min'],
  [/秒/, 's'],
  [/天/, 'day'],
  [/周/, 'week'],
  [/年/, 'year'],
  [/度/, 'degree'],
  [/每/, '/'],
  [/单位/, 'unit'],
];

/** What makes another number of the number before it: 5万, 30多, 2成. */
const CHINESE_NUMBER = /^(?:[万亿百十兆成折余多点又以约至到或和]|千(?![米克])|分之|左右)/;

/** The unit that a Chinese word behind a number is: 厘米 is cm, 个 itself. Undefined where it belongs to the number. */
export function chineseUnit(word: string): string | undefined {
  if (CHINESE_NUMBER.test(word)) return undefined;
  return CHINESE.reduce((text, [from, to]) => text.replace(from, to), word);
}

/** The one spelling of a unit with its power: "square centimeters" and "cm^2" are both "cm^2"; other words as they are. */
export function canonicalUnit(text: string): string {
  let name = text
    .toLowerCase()
    .replace(/[{}\\~]|text|mathrm/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  let power = '';
  const written = / ?\^? ?([23])$/.exec(name);
  if (written) [name, power] = [name.slice(0, written.index).trim(), `^${written[1]}`];
  const word = /^(square|sq\.?|cubic|cu\.?)\s+/.exec(name);
  if (word) [name, power] = [name.slice(word[0].length), word[1]?.startsWith('s') ? '^2' : '^3'];
  name = name.replaceAll(' per ', '/').replace(/ ?\/ ?/g, '/');
  const whole = CANONICAL.get(name);
  if (whole) return whole + power;
  const parts = name.split('/').map((part) => CANONICAL.get(part) ?? part.replace(/(?<=[a-z]{3})s$/, ''));
  return parts.join('/') + power;
}

/** Whether a word, without a power, is a unit of measure. */
export function isUnit(word: string): boolean {
  return CANONICAL.has(word.toLowerCase()) || /^(?:km|m|cm|mi)\/(?:h|s|hr|min)$/i.test(word);
}
