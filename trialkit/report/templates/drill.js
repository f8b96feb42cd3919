// Drill-down: a number opens to the subjects and source rows behind it, and to how its analysis came by them.
(() => {
  const dialog = document.getElementById("drill");
  const part = (name) => document.getElementById("drill-" + name);
  const step = 200;
  const short = 12;
  let loading = null;
  let opener = null;

  const element = (tag, text, name) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    return made;
  };
  const plural = (n, one) => n.toLocaleString("en") + " " + one + (n === 1 ? "" : "s");
  const summed = (steps) => {
    let at = 0;
    return steps.map((one) => (at += one));
  };

  const load = async () => {
    const packed = atob(document.getElementById("drill-data").textContent.trim());
    const bytes = Uint8Array.from(packed, (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const data = JSON.parse(await new Response(stream).text());
    data.rows[2] = summed(data.rows[2]);
    return data;
  };

  const words = (cell) => [...cell.childNodes].map((node) => node.textContent.trim()).filter(Boolean).join(" ");
  const heads = (cell) => {
    const rows = [...cell.closest("table").tHead.rows];
    const grid = rows.map(() => []);
    rows.forEach((row, r) => {
      let c = 0;
      for (const head of row.cells) {
        while (grid[r][c]) c += 1;
        for (let i = 0; i < head.rowSpan && r + i < rows.length; i += 1)
          for (let j = 0; j < head.colSpan; j += 1) grid[r + i][c + j] = head;
        c += head.colSpan;
      }
    });
    return [...new Set(grid.map((row) => row[cell.cellIndex]))].map(words);
  };
  const above = (line) => {
    if (!line.cells[0].className) return "";
    let group = line.previousElementSibling;
    while (group && !group.matches(".group")) group = group.previousElementSibling;
    return group ? words(group.cells[0]) : "";
  };
  const titled = (button) => {
    const cell = button.closest("td, th");
    const line = cell.parentElement;
    const whole = cell.tagName === "TH" || cell === line.cells[0];
    const place = [above(line), ...(whole ? [] : [words(line.cells[0]), ...heads(cell)])].filter(Boolean).join(", ");
    return button.closest(".scroll").getAttribute("aria-label") + ". " + (place && place + ": ") + words(cell);
  };

  const hash = (full) => {
    const made = element("button", full.slice(0, short), "hash");
    made.setAttribute("aria-expanded", "false");
    made.title = "Show the whole hash";
    made.addEventListener("click", () => {
      const open = made.getAttribute("aria-expanded") === "false";
      made.setAttribute("aria-expanded", String(open));
      made.textContent = open ? full : full.slice(0, short);
    });
    return made;
  };

  const row = (data, at, events) => {
    const [form, file, number, numbering, upload, subject] = data.rows.map((column) => column[at]);
    const word = (position) => (position < 0 ? "" : data.words[position]);
    const made = element("tr");
    const place = form < 0 ? "not described" : word(numbering) + " " + number.toLocaleString("en");
    const texts = [subject < 0 ? "" : data.subjects[subject], word(form), word(file), place];
    const last = element("td", undefined, "mono");
    if (upload >= 0) last.append(hash(word(upload)));
    made.append(...texts.map((text) => element("td", text)), last);
    if (events.size) made.append(element("td", events.has(at) ? "event" : ""));
    return made;
  };

  const showRows = (data, rows, events) => {
    const body = part("rows").tBodies[0];
    const more = part("more");
    part("event").hidden = !events.size;
    body.replaceChildren(...rows.slice(0, step).map((at) => row(data, at, events)));
    more.hidden = rows.length <= step;
    more.textContent = "Show all " + plural(rows.length, "row");
    more.onclick = () => {
      body.append(...rows.slice(step).map((at) => row(data, at, events)));
      more.hidden = true;
      part("scroll").focus();
    };
  };

  const line = (texts) => {
    const made = element("tr");
    texts.forEach((text, i) => made.append(element("td", i && Number.isInteger(text) ? text.toLocaleString("en") : text)));
    return made;
  };
  const showAnalysis = (found, steps) => {
    const pairs = (found ? found.facts : []).map(([name, value]) => {
      const made = element("div");
      made.append(element("dt", name), element("dd", value));
      return made;
    });
    part("facts").replaceChildren(...pairs);
    part("way").hidden = !found || !found.steps.length;
    if (!found) return;
    let of = "";
    const lines = found.steps.map((at) => steps[at]).flatMap(([what, ...texts]) => {
      const made = what === of ? [] : [element("tr", undefined, "group")];
      if (made.length) {
        const head = element("th", what);
        head.colSpan = 5;
        head.scope = "colgroup";
        made[0].append(head);
      }
      of = what;
      return [...made, line(texts)];
    });
    part("steps").tBodies[0].replaceChildren(...lines);
  };

  const show = (button, data) => {
    const [set, of, by] = data.openings.map((column) => column[button.value]);
    const rows = summed(data.sets[set]);
    const owners = new Set(rows.map((at) => data.rows[5][at]).filter((at) => at >= 0));
    const events = new Set((data.events[button.value] ?? []).flatMap((at) => summed(data.sets[at])));
    const people = data.people[set] ? summed(data.people[set]) : [...owners].sort((a, b) => a - b);
    opener = button;
    part("title").textContent = titled(button);
    part("sum").dataset.of = of;
    const begin = { basis: "Computed from ", shown: "Shown from " }[of] ?? "";
    const counted = [plural(people.length, "subject"), plural(rows.length, "source row")];
    if (events.size) counted.push(events.size.toLocaleString("en") + " of them with an event");
    part("sum").textContent = begin + counted.join(", ");
    part("subjects").replaceChildren(...people.map((at) => element("li", data.subjects[at])));
    showAnalysis(data.analyses[by], data.steps);
    showRows(data, rows, events);
    dialog.showModal();
    part("scroll").scrollTop = 0;
    part("close").focus();
  };

  const open = async (button) => {
    loading ??= load();
    show(button, await loading);
  };

  for (const cell of document.querySelectorAll("[data-o]")) {
    const button = element("button", cell.firstChild.data.trim());
    button.value = cell.dataset.o;
    cell.firstChild.replaceWith(button, " ");
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-o] > button");
    if (button) open(button);
    else if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    if (opener) opener.focus();
    opener = null;
  });
})();
