import { texts } from '../language/texts.ts';

export const en = {
  injects: 'image features enter after it',
  injectionLegend: (layers: string) => `Triangles: image features enter after layers ${layers} (DeepStack).`,
  injection: (layer: number) => `Image features enter after layer ${layer} (DeepStack)`,
  presets: {
    label: 'Early, Mid, Late:',
    thirds: 'thirds',
    thirdsTitle: 'Cuts after n//3 and 2n//3',
    paper: 'paper',
    paperTitle: 'The remainder goes to the first regions: 10, 9, 9 of 28',
    custom: (early: number, mid: number) => `after ${early} and ${mid}`,
    customTitle: 'Cuts set by hand',
  },
  strip: 'layer strip',
  layer: {
    vision: (index: string) => `Vision block ${index}`,
    projector: 'Projector',
    llm: (index: string) => `Layer ${index}`,
  },
  off: 'off',
  on: 'on',
  notCovered: 'not covered',
  switchKeys:
    'Arrows move, Space switches a layer off or on, Shift with arrows chooses several, a donor’s key hands them over.',
  handKeys:
    'Arrows move, Space hands a layer to the chosen donor, Shift with arrows chooses several, a donor’s key hands them over.',
  sections: { vision: 'Vision blocks', projector: 'Projector', llm: 'LLM layers' },
  vision: 'Vision',
  visionOf: (donor: string) => `Vision ${donor}`,
  seams: ['Seam between Early and Mid', 'Seam between Mid and Late'],
  afterLayer: (layer: number) => `after layer ${layer}`,
  table: { layer: 'Layer', part: 'Part', from: 'From', state: 'State', detail: 'Detail' },
  parts: { 'Vision Encoder': 'Vision', Projector: 'Projector', 'LLM Backbone': 'LLM' },
};

export const t = texts('layer-strip', en);
