"""What `generate` of transformers answers under a repetition penalty: `python tools/goldens/repetition.py`."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import RepetitionPenaltyLogitsProcessor

from cases import CASES
from checkpoints import load_model
from expected import image_processor
from generation import CLEAR_MARGIN, NEW_TOKENS, STOPS
from prompts import prepare
from storage import write_json
from vocabulary import load_tokenizer, token_id

DATA = Path(__file__).parent / "data"
CHECKPOINTS = ["untied-gqa4-f32", "tied-gqa1-bf16-old"]
PENALTIES = [1.05, 1.3, 0.9]
ASKED = ["square", "text"]


@torch.no_grad()
def answer(model, inputs, penalty: float) -> dict:
    """The answer of `generate`, and how many leading tokens are clear of ties under the penalty."""
    pictures = {"pixel_values": inputs.pixel_values, "image_grid_thw": inputs.image_grid_thw}
    greedy = {
        "input_ids": inputs.input_ids,
        "attention_mask": torch.ones_like(inputs.input_ids),
        "mm_token_type_ids": (inputs.input_ids == token_id("<|image_pad|>")).int(),
        "do_sample": False,
        "max_new_tokens": NEW_TOKENS,
        "eos_token_id": list(STOPS),
        "pad_token_id": 0,
        "return_dict_in_generate": True,
        "output_logits": True,
        **(pictures if inputs.image_grid_thw is not None else {}),
    }
    out = model.generate(repetition_penalty=penalty, **greedy)
    tokens = out.sequences[0, inputs.length :].tolist()
    # A folder that asks for it in generation_config.json has the same answer where nothing is said.
    before = model.generation_config.repetition_penalty
    model.generation_config.repetition_penalty = penalty
    assert torch.equal(model.generate(**greedy).sequences, out.sequences)
    model.generation_config.repetition_penalty = before
    processor = RepetitionPenaltyLogitsProcessor(penalty)
    compared = len(tokens)
    for step, (token, logits) in enumerate(zip(tokens, out.logits)):
        scores = processor(out.sequences[:, : inputs.length + step], logits.float())[0]
        top = scores.topk(2)
        assert int(top.indices[0]) == token
        if float((top.values[0] - top.values[1]) / scores.abs().max()) <= CLEAR_MARGIN:
            compared = min(compared, step)
    return {"penalty": penalty, "tokens": tokens, "compared": compared}


def main() -> None:
    torch.set_num_threads(1)
    document = {}
    for name in CHECKPOINTS:
        folder = DATA / "checkpoints" / name
        model, tokenizer = load_model(folder), load_tokenizer(folder)
        document[name] = {}
        for case in CASES:
            if case.name not in ASKED:
                continue
            inputs = prepare(model, tokenizer, image_processor(folder), case.messages, list(case.images))
            document[name][case.name] = [answer(model, inputs, penalty) for penalty in PENALTIES]
    write_json(DATA / "expected" / "repetition.json", document)


if __name__ == "__main__":
    main()
