"""Chat templates of the two kinds that Qwen3-VL comes with: Instruct, and Thinking."""

from __future__ import annotations

from vocabulary import IMAGE_MARK

CONTENT = (
    "{%- macro parts(content) -%}{%- if content is string -%}{{- content -}}{%- else -%}"
    "{%- for part in content -%}{%- if part.type == 'image' or 'image' in part -%}{{- '" + IMAGE_MARK + "' -}}"
    "{%- elif 'text' in part -%}{{- part.text -}}{%- endif -%}{%- endfor -%}{%- endif -%}{%- endmacro -%}"
)  # fmt: skip

INSTRUCT_TEMPLATE = (
    CONTENT +
    "{%- for message in messages -%}"
    "{{- '<|im_start|>' + message.role + '\\n' + parts(message.content) + '<|im_end|>\\n' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
)  # fmt: skip
"""No system message unless one is given."""

THINKING_TEMPLATE = (
    CONTENT +
    "{%- set last = namespace(query=messages|length - 1, found=false) -%}"
    "{%- for message in messages[::-1] -%}{%- if not last.found and message.role == 'user' -%}"
    "{%- set last.query = messages|length - 1 - loop.index0 -%}{%- set last.found = true -%}"
    "{%- endif -%}{%- endfor -%}"
    "{%- for message in messages -%}{%- set text = parts(message.content) -%}"
    "{{- '<|im_start|>' + message.role + '\\n' -}}"
    "{%- if message.role == 'assistant' and '</think>' in text -%}"
    "{%- set answer = text.split('</think>')[-1].lstrip('\\n') -%}"
    "{%- if loop.index0 > last.query -%}"
    "{%- set reasoning = text.split('</think>')[0].split('<think>')[-1].strip('\\n') -%}"
    "{{- '<think>\\n' + reasoning + '\\n</think>\\n\\n' -}}{%- endif -%}{{- answer -}}"
    "{%- else -%}{{- text -}}{%- endif -%}{{- '<|im_end|>\\n' -}}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n<think>\\n' -}}{%- endif -%}"
)  # fmt: skip
"""The answer begins within a thought; thoughts of earlier turns are left out."""
