"""What the words of a run mean, and which are refused."""

from __future__ import annotations

import pytest

from frankenscope_ray.main import run
from frankenscope_ray.named_error import NamedError
from frankenscope_ray.words import read_words


def test_our_flags_are_taken_out_wherever_they_stand() -> None:
    words = ["--parts", "8", "swap", "--model", "m", "--gpus-per-part=0.5", "--tasks", "ocr", "counting", "--out", "o", "--ship"]
    options = read_words([*words, "--memory-per-part", "8GiB"])
    assert options.command == ("swap", "--model", "m", "--tasks", "ocr", "counting")
    assert (options.parts, options.ship, options.out.name) == (8, True, "o")
    assert (options.resources.cpus, options.resources.gpus, options.resources.memory) == (1.0, 0.5, 8 << 30)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["swap", "--parts", "2"], "MissingFlag: --out is missing; give the folder of the run: --out DIR"),
        (["swap", "--out"], "MissingFlag: --out has no value; give --out VALUE"),
        (["swap", "--out", "o", "--out", "p"], "InvalidFlag: --out is given twice; give it once"),
        (["swap", "--out", "o", "--parts", "0"], "InvalidFlag: --parts is 0; give a whole number from 1 to 10000"),
        (["swap", "--out", "o", "--parts", "10001"], "InvalidFlag: --parts is 10001; give a whole number from 1 to 10000"),
        (["swap", "--out", "o", "--parts", "1e3"], "InvalidFlag: --parts is 1e3; give a whole number from 1 to 10000"),
        (["swap", "--out", "o", "--cpus-per-part", "nan"], "InvalidFlag: --cpus-per-part is nan; give a number from 0 to 1024"),
        (["swap", "--out", "o", "--gpus-per-part", "1.5"], "InvalidFlag: --gpus-per-part is 1.5; give a whole number, or "),
        (["swap", "--out", "o", "--stalled-after", "soon"], "InvalidFlag: --stalled-after is soon; give a number from 0 to "),
        (["swap", "--out", "o", "--memory-per-part", "-1"], "InvalidFlag: --memory-per-part is -1; give bytes, as "),
        (["swap", "--out", "o", "--shard", "1/2"], "InvalidFlag: --shard is not for a run in parts; the parts are made by "),
        (["swap", "--out", "o", "--restart"], "InvalidFlag: --restart is not for a run in parts; give another --out to begin "),
        (["swap", "--out", "o", "--journal=x"], "InvalidFlag: --journal is not for a run in parts"),
        (["combine", "--out", "o"], "UnknownCommand: combine has no parts"),
        (["--out", "o"], "UnknownCommand: there is no command"),
        (["--model", "m", "--out", "o"], "UnknownCommand: there is no command"),
        (["gallery", "--out", "o"], "MissingFlag: gallery has no file"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(words: list[str], said: str) -> None:
    with pytest.raises(NamedError) as refused:
        read_words(words)
    assert str(refused.value).startswith(said)
    assert refused.value.code == 2


def test_an_error_is_one_line_without_what_a_terminal_obeys(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["swap", "--out", "o", "--parts", "1\n\x1b[2J"]) == 2
    assert capsys.readouterr().err == "InvalidFlag: --parts is 1 �[2J; give a whole number from 1 to 10000\n"
