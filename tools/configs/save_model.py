"""As save.py, but saves the whole model: `save_model.py JOBS`, a JSON list of [from, to]. Needs torch.

A folder without weights gets random ones. Beside config.json the model's save_pretrained writes
generation_config.json, `architectures` and the data type.
"""

import json
import os
import sys

from transformers import AutoConfig, GenerationConfig, Qwen2_5_VLForConditionalGeneration

with open(sys.argv[1]) as file:
    jobs = json.load(file)
for source, target in jobs:
    if os.path.exists(os.path.join(source, "model.safetensors")):
        model = Qwen2_5_VLForConditionalGeneration.from_pretrained(source)
    else:
        model = Qwen2_5_VLForConditionalGeneration(AutoConfig.from_pretrained(source))
        if os.path.exists(os.path.join(source, "generation_config.json")):
            model.generation_config = GenerationConfig.from_pretrained(source)
    model.save_pretrained(target)
