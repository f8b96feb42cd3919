"""What is asked of the page, in its own language."""

CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parsed = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
  const behind = (element) => {
    if (!element) return [255, 255, 255];
    const own = parsed(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, behind(element.parentElement));
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const low = [];
  let checked = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, style") || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const inked = element.closest("svg") ? style.fill : style.color;
    const back = behind(element.closest("svg") ?? element);
    const [a, b] = [light(over(parsed(inked), back)), light(back)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const need = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    checked += 1;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < need) low.push([walker.currentNode.data.trim().slice(0, 40), Math.round(ratio * 100) / 100]);
  }
  return [checked, low];
}"""
"""[texts looked at, [text, contrast] of those below 4.5, or 3 for large ones] (WCAG 2.2, 1.4.3)."""

COUNT_ALL = """async () => {
  const packed = atob(document.getElementById("drill-data").textContent.trim());
  const bytes = Uint8Array.from(packed, (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const data = JSON.parse(await new Response(stream).text());
  const summed = (steps) => steps.map(((at) => (one) => (at += one))(0));
  const [form, file, , numbering, upload, subject] = data.rows;
  const known = form.map((_, at) => [form, file, numbering, upload].every((column) => column[at] >= 0));
  const sets = data.sets.map((steps, i) => {
    const rows = summed(steps);
    const owners = new Set(rows.map((at) => subject[at]).filter((at) => at >= 0));
    const people = new Set(data.people[i] ? summed(data.people[i]) : owners);
    return { subjects: people.size, rows: new Set(rows).size, told: rows.every((at) => known[at]),
             alien: [...owners].some((at) => !people.has(at)) };
  });
  const wrong = [];
  let visited = 0;
  for (const button of document.querySelectorAll("[data-o] > button")) {
    const [set, of] = data.openings.map((column) => column[button.value]);
    const found = sets[set], said = Number(button.textContent.replace(/[(N=),]/g, ""));
    const words = button.closest("tr").textContent.trim().slice(0, 80);
    if (of in found && found[of] !== said) wrong.push([words, of, said, found[of]]);
    if (of === "shown" && !found.rows) wrong.push([words, "shown from no row"]);
    if (!found.told) wrong.push([words, "rows without form, file, place or upload"]);
    if (found.alien) wrong.push([words, "rows of others"]);
    visited += 1;
  }
  return [visited, wrong.slice(0, 20)];
}"""
"""[numbers and lines visited, what is wrong]: each is compared with the rows that the page has for it."""

OPEN = """async (stride) => {
  const dialog = document.getElementById("drill");
  const wrong = [];
  let visited = 0;
  let shown = null;
  dialog.showModal = () => shown();  // filled as for a reader, without the time to draw it
  const buttons = [...document.querySelectorAll("[data-o] > button")].filter((_, i) => i % stride === 0);
  for (const button of buttons) {
    await new Promise((done) => ((shown = done), button.click()));
    const sum = document.getElementById("drill-sum").textContent.replaceAll(",", "");
    const of = document.getElementById("drill-sum").dataset.of;
    const [subjects, rows, events] = sum.match(/\\d+/g).map(Number);
    const people = [...document.querySelectorAll("#drill-subjects li")].map((item) => item.textContent);
    const more = document.getElementById("drill-more");
    if (!more.hidden && (of === "rows" || events)) more.click();
    const lines = [...document.querySelectorAll("#drill-rows tbody tr")];
    const said = Number(button.textContent.replace(/[(N=),]/g, ""));
    const found = { subjects: new Set(people).size, rows: lines.length }[of];
    const place = document.getElementById("drill-title").textContent;
    if (found !== undefined && found !== said) wrong.push([place, said, found]);
    if (people.length !== subjects) wrong.push([place, "subjects", people.length, subjects]);
    if (more.hidden ? lines.length !== rows : lines.length >= rows) wrong.push([place, "rows", lines.length, rows]);
    const words = button.parentElement.textContent.replace(/\\s+/g, " ").trim();
    if (!place.endsWith(words)) wrong.push([place, "title"]);
    const alien = lines.map((line) => line.cells[0].textContent).filter((who) => who && !people.includes(who));
    if (alien.length) wrong.push([place, "rows of others", alien[0]]);
    const untold = lines.filter((line) => ![1, 2, 3, 4].every((i) => line.cells[i].textContent.trim()));
    if (untold.length) wrong.push([place, "rows without form, file, place or upload", untold.length]);
    const marked = lines.filter((line) => line.cells[5]?.textContent === "event").length;
    if (marked !== (events ?? 0)) wrong.push([place, "events", marked, events]);
    visited += 1;
  }
  delete dialog.showModal;
  return [visited, wrong.slice(0, 20)];
}"""
"""[opened, what is wrong]: every so many a number is clicked, and its rows are counted as the reader sees them."""

CLOSED = """() => [...document.querySelectorAll("section.display")]
  .filter((one) => ![...one.querySelectorAll(".notes li")].some((li) => /^Numbers that do not/.test(li.textContent)))
  .flatMap((one) => [...one.querySelectorAll("td")].filter((cell) => !cell.closest(".lost")))
  .filter((cell) => /[0-9]/.test(cell.textContent) && cell.dataset.o === undefined)
  .filter((cell) => cell.parentElement.cells[0].dataset.o === undefined)
  .map((cell) => cell.closest("section").id + ": " + cell.parentElement.textContent.trim().slice(0, 60))"""
"""Cells with a number that neither opens nor stands in a line that does, in displays that do not say why.

Of the steps on the way to a display the rows lost open; those before and after a step are no numbers of the display."""

UNFOLD = "() => document.querySelectorAll('details').forEach((one) => (one.open = true))"
CUT = "() => document.querySelectorAll('tbody > tr:not([class]):nth-child(n+7)').forEach((line) => line.remove())"
"""Takes away plain lines of a table after its first six: of the same template, they have nothing new to axe."""

WIDER = """() => [...document.querySelectorAll("main *, nav *, header *, footer *")]
  .filter((one) => !one.closest(".scroll") && !one.closest("svg") && one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 80))"""
"""Elements that stand out at the right, but those of regions that scroll by themselves."""

INDEX = """() => {
  const nav = document.getElementById("contents");
  const text = document.querySelector("main").getBoundingClientRect().left;
  const sticky = getComputedStyle(nav).position === "sticky";
  return { sticky, right: nav.getBoundingClientRect().right, text };
}"""

REGIONS = """() => [...document.querySelectorAll("main .scroll")].filter((one) => one.checkVisibility())
  .filter((one) => (one.scrollWidth > one.clientWidth + 1) !== (one.tabIndex === 0))
  .map((one) => one.getAttribute("aria-label"))"""
"""Regions that scroll and cannot be reached by keyboard, or that do not scroll and are a stop on the way."""

HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, caption, figcaption, tr.group th")]
  .filter((one) => !one.closest("dialog, nav")).map((one) => one.textContent)"""

CLIPPED = """() => {
  const room = (one) => (one.closest(".sideways") ? 297 : 210) - 28;
  return [...document.querySelectorAll("table, svg.figure")].filter((one) => one.checkVisibility())
    .map((one) => [one.closest("section").id, Math.round(one.getBoundingClientRect().width * 25.4 / 96), room(one)])
    .filter(([, width, space]) => width > space);
}"""
"""[section, width, room between the margins] in mm of what is wider than its paper. A browser then shrinks all."""
