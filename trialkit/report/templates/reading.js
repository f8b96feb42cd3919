"use strict";
// Reading: search over titles, terms and footnotes; regions that scroll take the focus; all steps on paper.
(() => {
  const field = document.getElementById("find");
  const list = document.getElementById("found");
  const said = document.getElementById("found-count");
  const contents = document.getElementById("contents-list");
  const most = 40;
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
  let places = null;

  const indexed = () => {
    const made = [];
    for (const display of document.querySelectorAll(".display, .annex, footer > section")) {
      const title = display.querySelector("h2, h3");
      const name = words(title);
      made.push({ at: title, name, text: name, find: plain(name) });
      const seen = new Set();
      for (const part of display.querySelectorAll("tbody th, td.text, caption, figcaption, .notes li, .reading p")) {
        const text = words(part);
        if (!text || seen.has(text)) continue;
        seen.add(text);
        made.push({ at: part, name, text, find: plain(text) });
      }
    }
    return made;
  };

  const snippet = (text, at, length) => {
    const from = Math.max(0, at - 40);
    const to = Math.min(text.length, at + length + 60);
    return (from ? "… " : "") + text.slice(from, to).trim() + (to < text.length ? " …" : "");
  };

  const go = (place) => {
    for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    document.querySelector(".hit")?.classList.remove("hit");
    place.classList.add("hit");
    place.tabIndex = -1;
    place.scrollIntoView({ block: "center" });
    place.focus({ preventScroll: true });
  };

  const entry = (hit, asked) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const name = document.createElement("b");
    name.textContent = hit.name;
    button.append(name);
    if (hit.text !== hit.name) button.append(" " + snippet(hit.text, hit.find.indexOf(asked), asked.length));
    button.addEventListener("click", () => go(hit.at));
    item.append(button);
    return item;
  };

  const search = () => {
    const asked = plain(field.value.trim());
    contents.hidden = asked.length > 1;
    list.hidden = !contents.hidden;
    if (!contents.hidden) {
      said.textContent = "";
      return list.replaceChildren();
    }
    places ??= indexed();
    const hits = places.filter((place) => place.find.includes(asked));
    const more = hits.length > most ? ", the first " + most + " are listed" : "";
    said.textContent = (hits.length || "No") + (hits.length === 1 ? " place" : " places") + " found" + more;
    list.replaceChildren(...hits.slice(0, most).map((hit) => entry(hit, asked)));
  };

  document.getElementById("search").hidden = false;
  field.addEventListener("input", search);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, dialog");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
  });

  const regions = [...document.querySelectorAll(".scroll")];
  const reach = () => {
    const wide = regions.map((region) => region.scrollWidth > region.clientWidth + 1);
    regions.forEach((region, i) => (wide[i] ? (region.tabIndex = 0) : region.removeAttribute("tabindex")));
  };
  const watch = new ResizeObserver(reach);
  watch.observe(document.querySelector("main"));
  document.addEventListener("toggle", reach, true);

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
