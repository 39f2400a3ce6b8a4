"""Opens folders with the transformers on the path and saves them again: `save.py JOBS`, a JSON list of [from, to].

Only the config is read and written. `to` null: the config is read and what this version makes of it is printed,
one JSON line a job.
"""

import json
import sys

from transformers import AutoConfig


def described(config):
    """The values that decide what the model computes, as this version's config object has them."""
    text, vision = config.get_text_config(), config.vision_config
    rope = getattr(text, "rope_parameters", None) or getattr(text, "rope_scaling", None) or {}
    return {
        "text": {
            "hiddenSize": text.hidden_size,
            "layers": text.num_hidden_layers,
            "heads": text.num_attention_heads,
            "kvHeads": text.num_key_value_heads,
            "intermediateSize": text.intermediate_size,
            "vocabSize": text.vocab_size,
            "rmsNormEps": text.rms_norm_eps,
            "ropeTheta": rope.get("rope_theta") or text.rope_theta,
            "mropeSection": rope.get("mrope_section"),
            "maxPositionEmbeddings": text.max_position_embeddings,
            "tieWordEmbeddings": bool(config.tie_word_embeddings),
        },
        "vision": {
            "depth": vision.depth,
            "hiddenSize": vision.hidden_size,
            "heads": vision.num_heads,
            "intermediateSize": vision.intermediate_size,
            "outHiddenSize": vision.out_hidden_size,
            "patchSize": vision.patch_size,
            "temporalPatchSize": vision.temporal_patch_size,
            "spatialMergeSize": vision.spatial_merge_size,
            "windowSize": vision.window_size,
            "fullAttentionBlocks": list(vision.fullatt_block_indexes),
            "inChannels": vision.in_channels,
            "tokensPerSecond": vision.tokens_per_second,
        },
        "tokens": {
            "image": getattr(config, "image_token_id", None),
            "video": getattr(config, "video_token_id", None),
            "visionStart": getattr(config, "vision_start_token_id", None),
            "visionEnd": getattr(config, "vision_end_token_id", None),
            "eos": getattr(text, "eos_token_id", None),
        },
    }


with open(sys.argv[1]) as file:
    jobs = json.load(file)
for source, target in jobs:
    try:
        config = AutoConfig.from_pretrained(source)
        if target is None:
            print(json.dumps(described(config)))
        else:
            config.save_pretrained(target)
    except Exception as error:  # a release that cannot read what another wrote is a fact worth keeping
        print(json.dumps({"failed": f"{type(error).__name__}: {str(error)[:200]}", "from": source}))
