"use strict";
(() => {
  const data = JSON.parse(document.getElementById("drill-data").textContent);
  const dialog = document.getElementById("drill");
  const part = (name) => document.getElementById("drill-" + name);
  const most = 2000;
  let opener = null;

  const element = (tag, text, name) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    return made;
  };
  const word = (at) => (at < 0 ? "" : data.words[at]);
  const plural = (n, one, many) => n + " " + (n === 1 ? one : many);

  const row = (at) => {
    const [form, file, number, numbering, upload, subject] = data.rows[at];
    const made = element("tr");
    made.append(
      element("td", subject < 0 ? "" : data.subjects[subject]),
      element("td", word(form)),
      element("td", word(file)),
      element("td", form < 0 ? "not described" : word(numbering) + " " + number),
      element("td", word(upload), "mono"),
    );
    return made;
  };

  const head = () => {
    const made = element("thead");
    const line = element("tr");
    for (const text of ["Subject", "Form", "File", "Place", "Upload (SHA-256)"]) {
      const cell = element("th", text);
      cell.scope = "col";
      line.append(cell);
    }
    made.append(line);
    return made;
  };

  const open = (button) => {
    const [subjects, rows] = data.sets[button.dataset.set];
    opener = button;
    part("title").textContent = button.dataset.title;
    const more = rows.length > most ? "; the first " + most + " rows are listed" : "";
    part("sum").textContent =
      plural(subjects.length, "subject", "subjects") + ", " + plural(rows.length, "source row", "source rows") + more;
    part("subjects").replaceChildren(...subjects.map((at) => element("li", data.subjects[at])));
    const body = element("tbody");
    body.append(...rows.slice(0, most).map(row));
    part("rows").replaceChildren(head(), body);
    dialog.showModal();
    part("scroll").scrollTop = 0;
    part("close").focus();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-set]");
    if (button) open(button);
    else if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    if (opener) opener.focus();
    opener = null;
  });

  const folded = new Set();
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll(".annex details:not([open])")) {
      folded.add(one);
      one.open = true;
    }
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
    folded.clear();
  });
})();
