#!/usr/bin/env bash
# Pictures of the demonstration's report: desktop, an opened number, dark, phone, print.
# Needs chromium, pdftoppm and ImageMagick. Run 'make demo' first, then look at what it made.
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

shot "file://$page" "$work/desktop.png" 1100 1500
small "$work/desktop.png" docs/images/report-desktop.png
shot "file://$page" "$work/dark.png" 1100 1500 --blink-settings=preferredColorScheme=0
small "$work/dark.png" docs/images/report-dark.png

# The page allows no script but its own; a copy without its policy opens a number by itself.
python3 - "$page" "$work/opened.html" <<'PY'
import re
import sys

text = open(sys.argv[1], encoding="utf-8").read()
text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
click = '<script>addEventListener("load", () => document.querySelectorAll("button[data-set]")[2].click())</script>'
open(sys.argv[2], "w", encoding="utf-8").write(text.replace("</body>", click + "</body>"))
PY
shot "file://$work/opened.html" "$work/drill.png" 1100 800 --virtual-time-budget=2000
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
ls -l docs/images/*.png
