import { describe, expect, test } from 'vitest';
import { parseConfig, readConfig } from './config.ts';
import { failure, HUB_3B } from './testing/hub-config.ts';

/** transformers loads each of these that opens; `architectures` decides nothing there. */
describe('classes', () => {
  test.each([null, undefined, [], ['Qwen2_5_VLForConditionalGeneration'], ['Qwen2_5_VLModel']])(
    'opens %o without a word',
    (architectures) => {
      expect(readConfig({ ...HUB_3B, architectures }, 'config.json').notices).toEqual([]);
    },
  );

  test.each(['Qwen2_5_VLForTokenClassification', 'ColQwen2_5'])(
    'opens %s and says what is left out',
    (name) => {
      const { config, notices } = readConfig({ ...HUB_3B, architectures: [name] }, 'config.json');
      expect(config).toEqual(parseConfig(HUB_3B, 'config.json'));
      expect(notices).toEqual([expect.stringMatching(`saved by ${name}.*left out`)]);
    },
  );

  test("refuses a class whose code is the checkpoint's own", () => {
    const auto_map = { AutoConfig: 'modeling_act.ActConfig', AutoModel: 'modeling_act.Act' };
    expect(failure({ ...HUB_3B, architectures: ['ActForAction'], auto_map })).toMatchObject({
      name: 'UnsupportedArchitecture',
      what: expect.stringContaining('ActForAction, whose code comes with the checkpoint') as string,
      place: { field: 'architectures' },
    });
    expect(readConfig({ ...HUB_3B, auto_map }, 'config.json').notices).toEqual([
      expect.stringContaining('auto_map: AutoConfig, AutoModel'),
    ]);
    const processor = { AutoProcessor: 'processing_act.ActProcessor' };
    expect(readConfig({ ...HUB_3B, auto_map: processor }, 'config.json').notices).toEqual([]);
  });

  test('names the language model saved alone', () => {
    const json = { ...HUB_3B, model_type: 'qwen2_5_vl_text', architectures: ['Qwen2_5_VLTextModel'] };
    expect(failure(json)).toMatchObject({
      name: 'UnsupportedArchitecture',
      remedy: expect.stringContaining('the language model alone') as string,
    });
  });
});
