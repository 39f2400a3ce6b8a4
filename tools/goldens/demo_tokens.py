"""What IN and RL of the demo family say of every token of IN's answers: the oracle of real models that all but agree.

    python tools/goldens/demo_tokens.py           # remake after new weights in public/demo

Written to data/demo-probes/tokens.json: ln p, rank and entropy of both at each token, and KL(RL ‖ IN), for one problem in words and one
question with a picture. Greedy, f32, eager; double precision from the logits on. Some seconds.
"""

from __future__ import annotations

import torch
from transformers import DynamicCache

from demo_probes import OUT, READ, SETS, Checkpoint, Prompt, greedy, lines, prefill, prepare, read, sha256
from storage import render_json, significant
from token_scores import divergence, scores

TOKENS = 16


def main() -> None:
    torch.set_num_threads(1)
    models = {name: read(name) for name in READ}
    items = []
    for kind in ("problems", "general-vqa"):
        (item,) = lines(SETS / "items" / f"{kind}.jsonl", 1)
        picture = SETS / "items" / item["image"] if "image" in item else None
        asked = {name: prepare(model, item["question"], picture) for name, model in models.items()}
        answer = greedy(models["in"], asked["in"])[0][:TOKENS]
        logits = {name: forced(model, asked[name], answer) for name, model in models.items()}
        items.append(
            {
                "set": kind,
                "id": item["id"],
                "answer": answer,
                "readers": {name: scores(rows, answer, likeliest=1) for name, rows in logits.items()},
                "klRlIn": [significant(value, 9) for value in divergence(logits["rl"], logits["in"])],
            }
        )
    document = {"sha256": {name: sha256(name) for name in READ}, "items": items}
    (OUT / "tokens.json").write_text(render_json(document) + "\n", encoding="utf-8")


@torch.no_grad()
def forced(checkpoint: Checkpoint, prompt: Prompt, answer: list[int]) -> torch.Tensor:
    """[answer, rows of the head] f64: logits at the position before each token of the answer."""
    length = prompt.input_ids.shape[1]
    after = length + prompt.delta + torch.arange(len(answer))
    whole = Prompt(
        torch.cat([prompt.input_ids, torch.tensor([answer], dtype=torch.long)], dim=1),
        torch.cat([prompt.position_ids, after.expand(3, 1, -1)], dim=2),
        prompt.delta,
        prompt.image_positions,
        prompt.pictures,
    )
    return prefill(checkpoint, whole, DynamicCache()).logits[0, length - 1 : -1].double()


if __name__ == "__main__":
    main()
