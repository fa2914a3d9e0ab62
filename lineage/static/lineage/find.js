// Answers while one types, below every field that has data-suggest: a combobox with a list.
// Without this script the form around the field is sent, and the page answers.
"use strict";

for (const field of document.querySelectorAll("[data-suggest]")) suggest(field);

function suggest(field) {
  const picks = "picks" in field.dataset;
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let shown = [];
  let at = -1;
  let asked = "";
  let waiting = 0;
  let request = null;

  list.id = `${field.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Bodies of that name");
  status.className = "vh";
  status.setAttribute("role", "status");
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  })) field.setAttribute(name, value);
  field.parentElement.classList.add("suggesting");
  field.after(list, status);

  field.addEventListener("input", () => {
    forget();
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!shown.length) {
        if (event.key === "ArrowDown") ask();
        return;
      }
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((at + step + shown.length + (at < 0 && step < 0 ? 1 : 0)) % shown.length);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      choose(shown[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    event.preventDefault();
    choose(shown[[...list.children].indexOf(item)]);
  });

  async function ask() {
    const words = field.value.trim();
    if (words === asked && !list.hidden) return;
    asked = words;
    if (request) request.abort();
    if (words.length < 2) return close();
    request = new AbortController();
    try {
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(words)}`, { signal: request.signal });
      if (!answer.ok) return close();
      const found = await answer.json();
      if (document.activeElement === field) open(found.results.slice(0, 8), found.count);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function open(results, count) {
    shown = results;
    at = -1;
    list.replaceChildren(...results.map(item));
    list.hidden = !results.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
    status.textContent = count ? `${count} found` : "Nothing found";
  }

  function item(result, i) {
    const line = document.createElement("li");
    line.id = `${list.id}-${i}`;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    const name = document.createElement("span");
    name.textContent = result.name;
    const about = document.createElement("span");
    about.className = "years";
    const other = result.matched && result.matched !== result.name ? result.matched : result.abbreviation;
    about.textContent = [other, result.place, result.years].filter(Boolean).join(" · ");
    line.append(name, about);
    return line;
  }

  function mark(i) {
    at = i;
    [...list.children].forEach((line, n) => line.setAttribute("aria-selected", String(n === i)));
    field.setAttribute("aria-activedescendant", `${list.id}-${i}`);
    list.children[i].scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    shown = [];
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  // A field that picks keeps the id aside and shows the name; any other leads to the page.
  function choose(result) {
    if (!picks) {
      location.assign(`/organisations/${result.id}/`);
      return;
    }
    clearTimeout(waiting);
    request?.abort();
    const kept = document.createElement("input");
    kept.type = "hidden";
    kept.name = field.dataset.name = field.name || field.dataset.name;
    kept.value = result.id;
    field.removeAttribute("name");
    field.after(kept);
    field.value = result.name;
    close();
  }

  function forget() {
    if (!picks || field.name) return;
    field.name = field.dataset.name;
    field.parentElement.querySelector("input[type=hidden]")?.remove();
  }
}
