"""The configs that every version of transformers saves first: hub style, text fields at the root, as published.

The first three are Qwen2.5-VL 3B, 7B and 72B in what bears on the model. `own-values` differs from the class defaults
of every release in every field; `class-values` keeps as many of them as a loadable small model can, so that a writer
that leaves defaults out leaves out the most; `bare` has no end token and nulls wherever a null is allowed.
"""


def hub(text, vision, **rest):
    return {
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "attention_dropout": 0.0,
        "bos_token_id": 151643,
        "eos_token_id": 151645,
        "vision_start_token_id": 151652,
        "vision_end_token_id": 151653,
        "vision_token_id": 151654,
        "image_token_id": 151655,
        "video_token_id": 151656,
        "hidden_act": "silu",
        "initializer_range": 0.02,
        "max_position_embeddings": 128000,
        "model_type": "qwen2_5_vl",
        "rms_norm_eps": 1e-06,
        "rope_theta": 1000000.0,
        "sliding_window": 32768,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "transformers_version": "4.41.2",
        "use_cache": True,
        "use_sliding_window": False,
        "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
        **text,
        "vision_config": {
            "depth": 32,
            "hidden_act": "silu",
            "hidden_size": 1280,
            "intermediate_size": 3420,
            "num_heads": 16,
            "in_chans": 3,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "spatial_patch_size": 14,
            "window_size": 112,
            "fullatt_block_indexes": [7, 15, 23, 31],
            "tokens_per_second": 2,
            "temporal_patch_size": 2,
            **vision,
        },
        **rest,
    }


def sizes(hidden, inner, layers, heads, kv_heads, vocab, window_layers):
    return {
        "hidden_size": hidden,
        "intermediate_size": inner,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "vocab_size": vocab,
        "max_window_layers": window_layers,
    }


OWN_TOKENS = {
    "bos_token_id": 360,
    "eos_token_id": [364, 362],
    "pad_token_id": 361,
    "vision_start_token_id": 371,
    "vision_end_token_id": 372,
    "vision_token_id": 373,
    "image_token_id": 374,
    "video_token_id": 375,
}

OWN_VISION = {
    "depth": 3,
    "hidden_size": 48,
    "intermediate_size": 80,
    "num_heads": 4,
    "out_hidden_size": 64,
    "patch_size": 8,
    "spatial_merge_size": 3,
    "window_size": 48,
    "fullatt_block_indexes": [0, 2],
    "tokens_per_second": 5,
    "temporal_patch_size": 1,
}

STARTS = {
    "hub-3b": hub(
        {**sizes(2048, 11008, 36, 16, 2, 151936, 70), "tie_word_embeddings": True}, {"out_hidden_size": 2048}
    ),
    "hub-7b": hub(sizes(3584, 18944, 28, 28, 4, 152064, 28), {"out_hidden_size": 3584}),
    "hub-72b": hub(
        sizes(8192, 29568, 80, 64, 8, 152064, 80), {"out_hidden_size": 8192, "intermediate_size": 3456}
    ),
    "own-values": hub(
        {
            **sizes(64, 96, 3, 4, 2, 400, 2),
            **OWN_TOKENS,
            "max_position_embeddings": 2048,
            "rms_norm_eps": 1e-4,
            "rope_theta": 50000.0,
            "rope_scaling": {"type": "mrope", "mrope_section": [4, 3, 1]},
            "tie_word_embeddings": True,
        },
        OWN_VISION,
    ),
    "class-values": hub(
        {
            **sizes(64, 96, 3, 4, 2, 152064, 80),
            "max_position_embeddings": 32768,
            "rms_norm_eps": 1e-05,
            "sliding_window": 4096,
            "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
        },
        {"hidden_size": 64, "out_hidden_size": 64, "tokens_per_second": 4},
    ),
    "bare": {
        name: value
        for name, value in hub(
            {
                **sizes(64, 96, 3, 4, None, 400, 2),
                **OWN_TOKENS,
                "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
                "sliding_window": None,
            },
            OWN_VISION,
            eos_token_id=None,
        ).items()
        if name not in ("bos_token_id", "pad_token_id", "eos_token_id", "architectures", "torch_dtype")
    },
}
