"""What transformers' own Jinja environment makes of every snippet and template: `python tools/goldens/chat_templates/make.py`.

The oracle is `_compile_jinja_template` of transformers (jinja2 3.1.6 with its tojson, raise_exception, strftime_now, loop
controls and generation tag); whole templates go through `render_jinja_template`, as `apply_chat_template` calls it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jinja2
import transformers
from transformers.utils.chat_template_utils import _compile_jinja_template, render_jinja_template

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from conversations import CONVERSATIONS, SETTINGS  # noqa: E402
from snippets import CONTEXT, SNIPPETS  # noqa: E402
from storage import write_json  # noqa: E402

DATA = HERE.parent / "data" / "chat-templates"


def outcome(render) -> dict:
    """The text, or the error by its Python class."""
    try:
        return {"text": render()}
    except Exception as error:  # whatever a template can raise
        return {"error": type(error).__name__}


def main() -> None:
    versions = {"transformers": transformers.__version__, "jinja2": jinja2.__version__}
    snippets = [
        {"construct": name, "source": source, **outcome(lambda: _compile_jinja_template(source).render(**CONTEXT))}
        for name, sources in SNIPPETS.items()
        for source in sources
    ]
    write_json(DATA / "snippets.json", {**versions, "context": json.dumps(CONTEXT), "snippets": snippets})
    rendered = []
    for path in sorted((HERE / "templates").glob("*.jinja")):
        # newline="": the line ends as they stand in the file.
        source = path.open(encoding="utf-8", newline="").read()
        for ends, text in (("LF", source), ("CRLF", source.replace("\n", "\r\n"))):
            for name, messages in CONVERSATIONS.items():
                for setting, options in SETTINGS.items():
                    result = outcome(lambda: render_jinja_template([messages], chat_template=text, **options)[0][0])
                    rendered.append(
                        {"template": path.name, "ends": ends, "conversation": name, "setting": setting, **result}
                    )
    same = {}
    for entry in rendered:
        key = (entry["template"], entry["conversation"], entry["setting"])
        value = {k: entry[k] for k in ("text", "error") if k in entry}
        if same.setdefault(key, value) != value:
            raise ValueError(f"CRLF renders otherwise in jinja2: {key}")
    write_json(
        DATA / "templates.json",
        {
            **versions,
            "conversations": json.dumps(CONVERSATIONS, ensure_ascii=False),
            "settings": SETTINGS,
            "rendered": [entry for entry in rendered if entry["ends"] == "LF"],
        },
    )


if __name__ == "__main__":
    main()
