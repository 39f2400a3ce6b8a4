"""Lists of recipes, and the table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from frankenscope_ray.gallery import Column, Gallery, Recipe, read_gallery, table, value_at
from frankenscope_ray.named_error import NamedError


def written(path: Path, value: object) -> Path:
    (path / "list.json").write_text(value if isinstance(value, str) else json.dumps(value))
    return path / "list.json"


def test_flags_become_words(tmp_path: Path) -> None:
    flags = {"in": "a b", "rl": "$(x)", "variants": ["IN:RL:RL", "RL:IN:IN"], "samples": 5, "outside": True}
    gallery = read_gallery(written(tmp_path, {"definitions": 1, "recipes": [{"name": "one", "flags": flags}]}))
    words = ("--in", "a b", "--rl", "$(x)", "--variants", "IN:RL:RL", "RL:IN:IN", "--samples", "5", "--outside")
    assert gallery.recipes == (Recipe("one", words),)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ([], "definitions"),
        ({"definitions": 1, "recipes": []}, "recipes"),
        ({"definitions": 1, "recipes": [{"name": "a", "flags": {}}], "x": 1}, "x; see"),
        ({"definitions": 1, "recipes": [{"name": "../a", "flags": {}}]}, r"recipes\[0\].name"),
        ({"definitions": 1, "recipes": [{"name": ".a", "flags": {}}]}, r"recipes\[0\].name"),
        ({"definitions": 1, "recipes": [{"name": "a"}]}, r"recipes\[0\].flags"),
        ({"definitions": 1, "recipes": [{"name": "a", "flags": {"out": "x"}}]}, "'out' is no flag"),
        ({"definitions": 1, "recipes": [{"name": "a", "flags": {"in x": "x"}}]}, "'in x' is no flag"),
        ({"definitions": 1, "recipes": [{"name": "a", "flags": {"in": {}}}]}, "flags.in"),
        ({"definitions": 1, "recipes": [{"name": "a", "flags": {"shard": "1/2"}}]}, "--shard is not for a run"),
        ({"definitions": 1, "recipes": [{"name": "a", "flags": {}}, {"name": "A", "flags": {}}]}, "two are called a"),
        ({"definitions": 1, "recipes": [{"name": "a", "flags": {}}], "columns": {"c": "x.json"}}, "columns.c"),
        ({"definitions": 1, "recipes": [{"name": "a", "flags": {}}], "columns": {"c": "../x#/a"}}, "columns.c"),
        ({"definitions": 1, "recipes": [{"name": "a", "flags": {}}], "columns": {"c": "/x#/a"}}, "columns.c"),
    ],
)
def test_a_list_that_does_not_fit_is_refused_by_its_field(tmp_path: Path, value: object, said: str) -> None:
    with pytest.raises(NamedError, match=said) as refused:
        read_gallery(written(tmp_path, value))
    assert refused.value.code == 2


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("/a~1b/0", 1), ("/a~1b/1/m~0n", "x"), ("/a~1b/2", ""), ("/a~1b", ""), ("/none", ""), ("/t", True), ("/n", "")],
)
def test_a_pointer_finds_a_value(tmp_path: Path, pointer: str, value: object) -> None:
    (tmp_path / "r.json").write_text(json.dumps({"a/b": [1, {"m~n": "x"}], "t": True, "n": None}))
    assert value_at(tmp_path, Column("c", "r.json", pointer)) == value


def test_a_table_has_no_formulas_and_follows_no_links(tmp_path: Path) -> None:
    (tmp_path / "one" / "result").mkdir(parents=True)
    (tmp_path / "secret.json").write_text('{"a": "secret"}')
    (tmp_path / "one" / "result" / "link.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "one" / "result" / "r.json").write_text('{"a": "=1+1", "b": -0.5, "c": "x,\\"y\\""}')
    columns = (*(Column(name, "r.json", f"/{name}") for name in "abc"), Column("link", "link.json", "/a"))
    row = {"recipe": "one", "state": "done", "parts": 2, "records": 4, "error": ""}
    text = table(Gallery((Recipe("one", ()),), columns), [row], tmp_path)
    assert text == 'recipe,state,parts,records,error,a,b,c,link\none,done,2,4,,\'=1+1,-0.5,"x,""y""",\n'
