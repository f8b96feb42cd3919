#!/usr/bin/env bash
# Pictures of the demonstration's report (desktop, an opened number, dark, phone, print, PDF), of findings in a terminal, and
# of the data-quality page. Needs chromium, pdftoppm and ImageMagick. Run 'make demo' first, then look at what it made.
# 'make.sh findings' makes only the pictures of findings.
set -euo pipefail
cd "$(dirname "$0")/../.."
page=$PWD/demo/main.html
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
browser=(chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
  --disable-component-update --disable-sync --hide-scrollbars)

shot() { # URL FILE WIDTH HEIGHT [options]
  "${browser[@]}" --user-data-dir="$work/profile-$RANDOM" --window-size="$3,$4" "${@:5}" --screenshot="$2" "$1" \
    2>/dev/null
}
small() { convert "$1" -strip -colors 128 "$2"; }

python=${PYTHON:-.venv/bin/python}
messy=(validate synthetic_data/messy/uploads --study . --store "$work/none" --as-of 2026-06-01)

# What a terminal shows: the first findings and the line of totals, with its colors.
"$python" - "${messy[1]}" > "$work/terminal.html" <<'PY'
import html
import re
import sys
from datetime import date
from pathlib import Path

from trialkit import pipeline

study = pipeline.load(Path())
checked = pipeline.validate(study, [Path(sys.argv[1])], as_of=date(2026, 6, 1))
note = "dry run, nothing stored ('trialkit submit' stores)"
made = pipeline.outcome(study, checked, note)
blocks = pipeline.findings_as(made, "human", color=True, width=100).decode().rstrip("\n").split("\n\n")
chosen = [*blocks[:6], *(block for block in blocks if "several rules" in block or "Did you mean" in block)][:9]
left = f"\x1b[2m  ... {len(blocks) - 1 - len(chosen)} more, not in this picture\x1b[0m"
text = html.escape("\n\n".join([*chosen, left, blocks[-1]]))
styles = {"31;1": "#ff7b72", "33;1": "#e3b341", "36;1": "#56d4dd", "1": "#ffffff", "2": "#8b949e"}
text = re.sub(r"\x1b\[0m", "</span>", text)
text = re.sub(r"\x1b\[([0-9;]+)m", lambda m: f"<span style='color:{styles[m[1]]};font-weight:700'>", text)
prompt = "$ trialkit validate synthetic_data/messy/uploads --as-of 2026-06-01\n"
print(f"<meta charset=utf-8><body style='margin:0;background:#0d1117;color:#c9d1d9'><pre style='margin:18px;"
      f"font:15px/1.42 \"DejaVu Sans Mono\",monospace'><b style='color:#7ee787'>{prompt}</b>{text}</pre>")
PY
shot "file://$work/terminal.html" "$work/terminal.png" 980 1200
convert "$work/terminal.png" -bordercolor "#0d1117" -trim -border 18 "$work/terminal-cut.png"
small "$work/terminal-cut.png" docs/images/findings-terminal.png

"$python" -m trialkit "${messy[@]}" --format html --out "$work/quality.html" || test $? -eq 1
quality="file://$work/quality.html"
shot "$quality" "$work/quality.png" 1100 2300
small "$work/quality.png" docs/images/quality-page.png
shot "$quality" "$work/quality-dark.png" 1100 1834 --blink-settings=preferredColorScheme=0
echo "<body style='margin:0'><iframe src='$quality' style='width:390px;height:4500px;border:0'></iframe>" \
  > "$work/narrow.html"
shot "file://$work/narrow.html" "$work/narrow.png" 500 4500
convert "$work/narrow.png" -crop 390x1300+0+0 +repage "$work/narrow-1.png"
convert "$work/narrow.png" -crop 390x1300+0+2420 +repage "$work/narrow-2.png"
convert "$work/quality-dark.png" -resize 780x "$work/narrow-3.png"
montage "$work"/narrow-?.png -tile 3x -geometry +8+0 -background "#888" "$work/narrows.png"
small "$work/narrows.png" docs/images/quality-page-phone.png
if test "${1:-}" = findings; then exit; fi

shot "file://$page" "$work/desktop.png" 1280 1500
small "$work/desktop.png" docs/images/report-desktop.png
shot "file://$page" "$work/dark.png" 1280 1500 --blink-settings=preferredColorScheme=0
small "$work/dark.png" docs/images/report-dark.png

# The page allows no script but its own; a copy without its policy opens a number by itself.
python3 - "$page" "$work/opened.html" <<'PY'
import re
import sys

text = open(sys.argv[1], encoding="utf-8").read()
text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
click = '<script>addEventListener("load", () => document.querySelectorAll("td > button[value]")[2].click())</script>'
open(sys.argv[2], "w", encoding="utf-8").write(text.replace("</body>", click + "</body>"))
PY
shot "file://$work/opened.html" "$work/drill.png" 1280 800 --virtual-time-budget=2000
small "$work/drill.png" docs/images/report-drill.png

echo "<body style='margin:0'><iframe src='file://$page' style='width:390px;height:4500px;border:0'></iframe>" \
  > "$work/phone.html"
shot "file://$work/phone.html" "$work/phone.png" 500 4500
convert "$work/phone.png" -crop 390x1500+0+0 +repage "$work/phone-1.png"
convert "$work/phone.png" -crop 390x1500+0+1500 +repage "$work/phone-2.png"
convert "$work/phone.png" -crop 390x1500+0+3000 +repage "$work/phone-3.png"
montage "$work"/phone-?.png -tile 3x -geometry +8+0 -background "#888" "$work/phones.png"
small "$work/phones.png" docs/images/report-phone.png

"${browser[@]}" --user-data-dir="$work/print" --no-pdf-header-footer --print-to-pdf="$work/page.pdf" "file://$page" \
  2>/dev/null
pdftoppm -r 50 -l 8 -png "$work/page.pdf" "$work/print"
montage "$work"/print-*.png -tile 4x -geometry +6+6 -background "#888" "$work/sheets.png"
small "$work/sheets.png" docs/images/report-print.png
"$python" -m trialkit report main --study . --store demo/store --format pdf --out "$work/pdf"
for at in 3 7; do pdftoppm -r 60 -f "$at" -l "$at" -singlefile -png "$work/pdf/main.pdf" "$work/sheet-$at"; done
montage "$work/sheet-3.png" "$work/sheet-7.png" -tile 2x -geometry +0+0 "$work/pdf.png"
small "$work/pdf.png" docs/images/report-pdf.png
ls -l docs/images/*.png
