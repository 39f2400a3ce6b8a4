#!/usr/bin/env bash
# lstrip('\n') in a chat template: the browser's renderer takes every blank off, jinja2 only line ends.
#
# Versions: @huggingface/jinja 0.5.11 (transformers.js 4.3.1 carries a copy of 0.5.10), jinja2 3.1.6.
# Expected: a chat template renders to the same prompt in Python and in the browser, or raises.
# Happens:  strip, lstrip and rstrip ignore their argument. Templates of thinking models cut an earlier answer behind
#           </think> with lstrip('\n'); an answer that begins with a blank loses it, and the ids of the prompt are others.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet --disable-pip-version-check jinja2==3.1.6 2>/dev/null
(cd "$work" && npm init -y > /dev/null && npm install --silent @huggingface/jinja@0.5.11 > /dev/null)

cat > "$work/template.jinja" <<'JINJA'
[{{ answer.split('</think>')[-1].lstrip('\n') }}]
JINJA
cat > "$work/render.mjs" <<'JS'
import { readFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';
const source = readFileSync('template.jinja', 'utf8');
console.log('@huggingface/jinja:', new Template(source).render({ answer: '<think>\nA\n</think>\n\n  B' }));
JS
{
  (cd "$work" && node render.mjs)
  (cd "$work" && python/bin/python -c "
from jinja2.sandbox import ImmutableSandboxedEnvironment
source = open('template.jinja').read()
print('jinja2:', ImmutableSandboxedEnvironment().from_string(source).render(answer='<think>\nA\n</think>\n\n  B'))
")
} > "$work/seen"

cat "$work/seen"
# Seen:
#   @huggingface/jinja: [B]
#   jinja2: [  B]
diff "$work/seen" - <<'SEEN'
@huggingface/jinja: [B]
jinja2: [  B]
SEEN
