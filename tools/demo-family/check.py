"""Holds our shortcuts against transformers, our rules against examples, and short runs against each other.

    python check.py            # a few minutes on one core; writes to a temporary folder
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import train
from batches import collate, examples
from checkpoint_folder import image_processor, read_folder, write_folder
from export import export
from forward import answer_tokens, hidden_states, taught_tokens
from generation import generate
from grading import answer_of, correct, overlap, well_formed, wilson
from grpo import advantages, grouped, policy_loss
from model import REGIONS, layer_of, new_model, parameter_count
from pixels import GRID, IMAGE_TOKENS, SIDE, doubled, patches
from prompts import IMAGE_MARK, prompt, question
from rewards import partial_credit, reward, tag_score
from run_state import Progress, RunFolder
from optimizer import Length
from vocabulary import ADDED_TOKENS, SPECIAL_TOKENS, load_tokenizer, token_id, tokenizer


def pictures(count: int) -> np.ndarray:
    """Noise: nothing about it is smooth or symmetric."""
    return np.random.RandomState(0).randint(0, 256, (count, SIDE, SIDE, 3)).astype(np.uint8)


def some_items() -> list[dict]:
    """Prompts of different length, with and without a picture."""
    base = {"task": "t", "answer": "3", "rationale": "1 + 2 = 3.", "description": "A red circle at the left.", "questionType": "x"}
    asked = ["How many items are there in the image?", "What is 4 × 2?", "Read the text in the image. Answer with the exact word only."]
    return [{**base, "prompt": text} for text in asked]


def check_grading() -> None:
    def item(answer: str, kind: str = "x") -> dict:
        return {"answer": answer, "questionType": kind}

    assert correct(item("Yes"), " yes ") and not correct(item("Yes"), "yes.") and correct(item("7"), "07")
    assert not correct(item("7"), "7 8") and correct(item("4:05"), "4:05") and not correct(item("4:05"), "4:50")
    assert overlap((0, 0, 10, 10), (0, 5, 10, 15)) == 1 / 3
    assert correct(item("0,0,10,10", "box"), "0,0,10,9") and not correct(item("0,0,10,10", "box"), "0,5,10,15")
    assert not correct(item("0,0,10,10", "box"), "0,0,10")
    assert answer_of("<think>2</think><answer> 5 </answer>") == "5" and answer_of(" 5") == "5"
    assert well_formed("<think>a</think><answer>b</answer>") and well_formed("<think>a</think>\n<answer>b</answer>")
    for bad in ["<think>a</think><answer></answer>", "<answer>b</answer>", "<think>a</think><answer>b</answer>.",
                "<think>a<think></think><answer>b</answer>", "<think>a</think><answer>b</answer><answer>b</answer>"]:  # fmt: skip
        assert not well_formed(bad), bad
    low, high = wilson(8, 10)
    assert abs(low - 0.4901625) < 1e-6 and abs(high - 0.9433178) < 1e-6  # R: prop.test(8, 10, correct = FALSE)
    assert wilson(0, 20)[0] == 0.0 and wilson(20, 20)[1] == 1.0


def check_rewards() -> None:
    def item(answer: str) -> dict:
        return {"answer": answer, "questionType": "x"}

    def close(a: float, b: float) -> bool:
        return abs(a - b) < 1e-12

    one, two = math.tanh(1), math.tanh(2)
    assert close(tag_score("A b. C d."), two) and close(tag_score("A b. a b."), one - one) and tag_score(None) == 0
    assert close(tag_score("3.5 and 4. Next."), two)
    right = "<think>One. Two.</think><answer>7</answer>"
    wrong = right.replace("7", "8")
    assert close(reward("vanilla")(item("7"), right), 0.1 * two + 0.9)
    assert close(reward("vanilla")(item("7"), wrong), 0.1 * two)
    assert reward("only-accuracy")(item("7"), right) == 1 and reward("only-accuracy")(item("7"), "7") == 0
    full = "<description>It.</description><think>One.</think><rethink>Two. Two.</rethink><answer>8</answer>"
    assert close(reward("mixture")(item("8"), full), 0.06 * one + 0.06 * one + 0.08 * (one - one) + 0.8)
    assert close(reward("continuous")(item("7"), full), 0.12 * one + 0.8 / 2)
    assert close(reward("no-accuracy")(item("7"), full), 0.6 * one + 0.1)
    seen = "<think>A. <visual>Red. Blue.</visual></think><answer>7</answer>"
    assert close(reward("visual-fusion")(item("7"), seen), 0.1 * math.tanh(3) + 0.1 * two + 0.8)
    assert close(reward("visual-fusion")(item("7"), "<visual>Red.</visual>" + right), 0.1 * two + 0.8)
    assert close(partial_credit(item("12:05"), "1:58"), 0.5 * (1 - 1 / 5) + 0.5 * (1 - 7 / 20))
    assert partial_credit(item("12:05"), "3:30") == 0 and partial_credit(item("5"), "11") == 0
    assert partial_credit(item("5"), "7") == 1 / 3


def check_grpo() -> None:
    found = advantages(torch.tensor([1.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0, 2.0]), 4)
    assert torch.allclose(found[:4], torch.tensor([1.0, -1.0, -1.0, 1.0]), atol=1e-5) and (found[4:] == 0).all()
    # Clipping: where the ratio has left 1 ± clip in the advantage's direction, nothing pushes further.
    model = new_model(0)
    row = examples([(some_items()[1], "think", None)], answered=True)
    odd = examples([(some_items()[0], "direct", pictures(1)[0])], answered=True)[0]
    odd = replace(odd, ids=[*odd.ids, token_id("<|image_pad|>")])
    assert policy_loss(model, [odd], torch.tensor([1.0]), None, 0.2, 1.0, 1)[0].isfinite()
    loss, now = policy_loss(model, row, torch.tensor([1.0]), None, 0.2, 1.0, 1)
    assert abs(loss.item() + 1) < 1e-6
    loss, _ = policy_loss(model, row, torch.tensor([1.0]), now - 1, 0.2, 1.0, 1)
    assert abs(loss.item() + 1.2) < 1e-5
    loss.backward()
    assert all(weight.grad is None or not weight.grad.any() for weight in model.parameters())
    # A prompt read once for all its answers: as every answer read with its own prompt.
    long, short = examples([(item, "think", pictures(1)[0]) for item in some_items()[:2]], answered=True)
    several = [long, replace(long, ids=long.ids[:-3]), short, replace(short, ids=short.ids[:-1])]
    apart, shared = taught_tokens(model, collate(several)), answer_tokens(model, *grouped(several, 2, "cpu"), 1.0)
    assert torch.equal(apart.rows, shared.rows) and torch.equal(apart.best, shared.best)
    assert torch.allclose(apart.log_probabilities, shared.log_probabilities, atol=1e-5)
    # Groups without advantage left out, pictures shared: as the plain sum over all answers.
    items, seen = some_items()[:2], pictures(2)
    asked = examples([(item, "think", seen[place]) for place, item in enumerate(items)], answered=True)
    rows, gains = [asked[0]] * 2 + [asked[1]] * 2, torch.tensor([0.0, 0.0, 1.0, -0.5])
    gains_of_second = policy_loss(model, rows, gains, None, 0.2, 1.0, 2)[0]
    plain = sum(policy_loss(model, [row], gain[None], None, 0.2, 1.0, 1)[0] for row, gain in zip(rows[2:], gains[2:], strict=True)) / 4
    gains_of_second.backward()
    together = [weight.grad.clone() for weight in model.parameters()]
    model.zero_grad()
    plain.backward()
    assert abs(gains_of_second.item() - plain.item()) < 1e-6
    assert all(torch.allclose(one, weight.grad, atol=1e-6) for one, weight in zip(together, model.parameters(), strict=True))


def check_schedule() -> None:
    length, progress = Length(100, None), Progress()
    rates = []
    while not length.over(progress):
        rates.append(length.rate(progress, 1.0, 10))
        progress.step += 1
    assert len(rates) == 100 and rates[0] == 0.1 and rates[9:80] == [1.0] * 71 and abs(rates[99] - 0.05) < 1e-9


def check_tokenizer(folder: Path) -> None:
    loaded = load_tokenizer(folder)
    texts = [prompt("What is 12 × 7? Größe 图片 😀", True), "<think>left, up. That makes 2.</think><answer>white</answer>", "\n\n a  b"]
    for text in texts:
        ids = tokenizer().encode(text).ids
        assert loaded(text)["input_ids"] == ids and loaded.decode(ids) == text, text
    assert [loaded.convert_tokens_to_ids(token) for token in ADDED_TOKENS] == [token_id(token) for token in ADDED_TOKENS]
    assert loaded.decode([token_id(token) for token in SPECIAL_TOKENS], skip_special_tokens=True) == ""
    for image in (True, False):
        content = [{"type": "image"}] if image else []
        message = [{"role": "user", "content": [*content, {"type": "text", "text": "Describe the image."}]}]
        rendered = loaded.apply_chat_template(message, tokenize=False, add_generation_prompt=True)
        assert rendered.replace("<|image_pad|>", "<|image_pad|>" * IMAGE_TOKENS) == prompt("Describe the image.", image)
    assert IMAGE_MARK.count("<|image_pad|>") == IMAGE_TOKENS


def check_pixels(folder: Path) -> None:
    processor = image_processor(folder)
    raw = pictures(3)
    given = processor([Image.fromarray(picture) for picture in raw], return_tensors="pt")
    ours = doubled(patches(torch.from_numpy(raw)))
    assert given["image_grid_thw"].tolist() == [[1, GRID, GRID]] * 3
    assert ours.shape == given["pixel_values"].shape and torch.allclose(ours, given["pixel_values"], atol=2e-6)
    for side in (28, 56, 100, 112, 224, 384, 1000):
        grid = processor([Image.new("RGB", (side, side))], return_tensors="pt")["image_grid_thw"]
        assert grid.tolist() == [[1, GRID, GRID]], side


def stock_inputs(row, model) -> dict:
    """The row as transformers itself would have it."""
    ids = torch.tensor([row.ids])
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "mm_token_type_ids": (ids == model.config.image_token_id).int()}
    if row.picture is not None:
        values = doubled(patches(torch.from_numpy(np.asarray(row.picture))[None]))
        inputs |= {"pixel_values": values, "image_grid_thw": torch.tensor([[1, GRID, GRID]])}
    return inputs


def check_forward(folder: Path) -> None:
    """Logits and greedy answers of the exported folder, ours in one batch, transformers' one by one."""
    model = read_folder(folder)
    raw = pictures(3)
    items = some_items()
    rows = examples([(items[0], "direct", raw[0]), (items[1], "direct", None), (items[2], "direct", raw[2])], answered=False)
    with torch.no_grad():
        left = model.lm_head(hidden_states(model, collate(rows, left=True)))
        right = model.lm_head(hidden_states(model, collate(rows)))
    said = generate(model, rows, 12)
    for index, row in enumerate(rows):
        inputs = stock_inputs(row, model)
        with torch.no_grad():
            stock = model(**inputs).logits[0]
        n = len(row.ids)
        for ours in (left[index, -n:], right[index, :n]):
            assert torch.allclose(ours, stock, atol=2e-4), float((ours - stock).abs().max())
        answer = model.generate(**inputs, max_new_tokens=12, do_sample=False)[0, n:].tolist()
        assert answer == said[index], (answer, said[index])
    black = examples([(items[0], "text", raw[0])], answered=False)[0]
    assert not black.picture.any() and "Image Description:" in question(items[0], "text")


SMALL = ["--rows", "8", "--shard", "128", "--threads", "1", "--log-every", "1", "--warmup", "5"]


def losses(run: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (run / "log.jsonl").read_text().splitlines()]


def weights(run: Path) -> dict[str, torch.Tensor]:
    return torch.load(run / "state.pt", weights_only=True)["model"]


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def sit(words: list[str]) -> None:
    """One sitting. What 20 steps teach earns no reward, so answers are scored by their text's length: some differ."""
    run = train.Run(train.read_flags(words))
    run.reward = lambda item, text: len(text) % 5 / 4
    run.go()


def check_interruption(stage: list[str], home: Path, steps: int, stop: int) -> Path:
    """A run in two sittings gives the losses and weights of a run in one, bit by bit."""
    whole, parts = home / f"{stage[0]}-whole", home / f"{stage[0]}-parts"
    line = [*stage, *SMALL, "--steps", str(steps)]
    sit([*line, "--out", str(whole)])
    sit([*line, "--out", str(parts), "--stop-after", str(stop)])
    assert not RunFolder(parts).load("cpu")["progress"]["finished"]
    # What an interruption between a log line and a checkpoint leaves behind is done again, not kept twice.
    with open(parts / "log.jsonl", "a", encoding="utf-8") as log:
        log.write(json.dumps({"step": stop + 1, "loss": 0.0}) + '\n{"step": ')
    sit([*line, "--out", str(parts), "--resume"])
    assert losses(whole) == losses(parts) and len(losses(whole)) == steps
    assert same(weights(whole), weights(parts))
    shutil.rmtree(parts)
    return whole


def check_stages(home: Path) -> None:
    base = check_interruption(["base"], home, 20, 11)
    assert losses(base)[-1] < losses(base)[0]
    begun = check_interruption(["in", "--from", str(base)], home, 20, 8)
    rl = ["--from", str(begun), "--group", "4", "--longest", "24"]
    plain = check_interruption(["rl", *rl, "--inner", "2"], home, 6, 3)
    before, after = weights(begun), weights(plain)
    for region in REGIONS:
        frozen = home / f"rl-{region}"
        sit(["rl", *rl, *SMALL, "--steps", "3", "--freeze", region, "--weight-decay", "0.1", "--out", str(frozen)])
        after = weights(frozen)
        for name, weight in before.items():
            held = layer_of(name) in REGIONS[region]
            assert torch.equal(weight, after[name]) == held, f"{name}, {region} frozen"
    check_exports(home, plain, frozen)


def check_exports(home: Path, plain: Path, frozen: Path) -> None:
    folder = home / "exported"
    export(plain, folder, None)
    bytes_before = (folder / "model.safetensors").read_bytes()
    export(plain, folder, None)
    assert (folder / "model.safetensors").read_bytes() == bytes_before
    loaded = read_folder(folder)
    for name, weight in loaded.state_dict().items():
        assert torch.equal(weight, weights(plain)[name].bfloat16().float()), name
    check_forward(folder)
    assert 2e6 < parameter_count(loaded) < 6e6 and len(bytes_before) < 8e6
    assert (folder / "README.md").read_text().startswith("---") and frozen.exists()


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        write_folder(home / "fresh", new_model(1))
        for name, check in [
            ("grading", check_grading), ("rewards", check_rewards), ("GRPO", check_grpo), ("schedule", check_schedule),
            ("tokenizer", lambda: check_tokenizer(home / "fresh")), ("pixels", lambda: check_pixels(home / "fresh")),
            ("forward and generation", lambda: check_forward(home / "fresh")), ("stages", lambda: check_stages(home)),
        ]:  # fmt: skip
            check()
            print(f"{name}: holds", flush=True)


if __name__ == "__main__":
    main()
