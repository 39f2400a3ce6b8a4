import type { Draft } from '../item.ts';
import type { Category } from '../perception/recognition.ts';
import type { PairDraft } from './pair.ts';

/** Share of overlap above which a predicted box counts as the source's, as in the reference set. */
const IOU_THRESHOLD = 0.5;

/** The reference pairs name the data set their pictures come from, and the place there; ours come from none. */
const DRAWN = { hf_dataset: null, hf_split: null };

export function countingPair(target: Draft, source: Draft): PairDraft {
  const meta = {
    target_answer: target.answer,
    source_answer: source.answer,
    ...DRAWN,
    target_index: null,
    source_index: null,
  };
  return { target, source, meta };
}

export function ocrPair(target: Draft, source: Draft): PairDraft {
  return { target, source, meta: { target_text: target.answer, source_text: source.answer } };
}

export function groundingPair(target: Draft, source: Draft): PairDraft {
  const meta = {
    object_name: target.meta.object_name ?? '',
    target_bbox_xyxy: target.meta.bbox_xyxy ?? [],
    source_bbox_xyxy: source.meta.bbox_xyxy ?? [],
    iou_threshold: IOU_THRESHOLD,
  };
  return { target, source, meta };
}

export function recognitionPair(target: Draft, source: Draft, category: Category): PairDraft {
  const meta = {
    category_id: category.id,
    category_name: category.name,
    target_answer: target.answer,
    source_answer: source.answer,
    ...DRAWN,
    hf_index: null,
  };
  return { target, source, meta };
}
