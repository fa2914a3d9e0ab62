// Says back what a date is understood as while it is typed: "about 1953, stored as 1953~". Without
// this script the form says it when it is saved.
"use strict";

(() => {
  const address = document.currentScript.dataset.read;
  const WAIT = 250; // milliseconds of rest before a date is read
  const known = new Map(); // from what was typed to what it is understood as
  const waiting = new WeakMap(); // from a field to its timer
  let number = 0;

  // The line under a field; there before it is filled, so that a screen reader hears it change.
  function place(field) {
    const before = field.parentElement.querySelector(":scope > .date-read");
    if (before) return before;
    const line = document.createElement("span");
    line.className = "date-read";
    line.id = `date-read-${++number}`;
    line.setAttribute("role", "status");
    line.setAttribute("aria-live", "polite");
    field.insertAdjacentElement("afterend", line);
    const described = field.getAttribute("aria-describedby");
    field.setAttribute("aria-describedby", described ? `${described} ${line.id}` : line.id);
    return line;
  }

  function say(field, answer) {
    const line = place(field);
    const text = field.value.trim();
    let said = answer.error || answer.words || "";
    if (said && answer.stored && answer.stored !== text) said += `, stored as ${answer.stored}`;
    if (line.textContent !== said) line.textContent = said;
    line.classList.toggle("date-unread", Boolean(answer.error));
    if (answer.error) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  // What was said before stays until the answer is there, and an answer that comes late is dropped.
  async function read(field) {
    const text = field.value.trim();
    if (!text) return say(field, {});
    if (!known.has(text)) {
      try {
        const answer = await fetch(`${address}?text=${encodeURIComponent(text)}`, {
          credentials: "same-origin",
          redirect: "error", // to the page that asks who one is
        });
        if (!answer.ok) return;
        known.set(text, await answer.json());
      } catch {
        return; // the form says it when it is saved
      }
    }
    if (field.value.trim() === text) say(field, known.get(text));
  }

  function later(field) {
    clearTimeout(waiting.get(field));
    waiting.set(field, setTimeout(() => read(field), WAIT));
  }

  // On the document, so that rows that are added later are heard, too.
  const isDate = (node) => node instanceof HTMLElement && node.matches("input.date-as-typed");
  document.addEventListener("input", ({ target }) => isDate(target) && later(target));
  document.addEventListener("focusin", ({ target }) => {
    if (!isDate(target) || target.readOnly || target.disabled) return;
    place(target);
    read(target);
  });
})();
