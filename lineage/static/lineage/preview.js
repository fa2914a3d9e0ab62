// What a form of the desk would change, shown while it is filled in. Without this script the
// button sends the form, and the page comes back with the preview in it.
"use strict";

(() => {
  const place = document.querySelector(".lineage-preview-shown");
  const button = document.querySelector("button[name=_preview]");
  if (!place || !button) return;
  const form = button.form;
  const WAIT = 1200; // milliseconds of rest before a change is shown
  let timer = 0;
  let asked = 0;
  let wanted = place.childElementCount > 0;
  let shown = "";

  const typed = (data) =>
    JSON.stringify([...data].map(([name, value]) => [name, value.name ?? value]));

  async function show() {
    const data = new FormData(form);
    if (typed(data) === shown) return; // a field was left, and nothing typed
    shown = typed(data);
    const number = ++asked;
    data.set("_preview", "fragment");
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        body: data,
        credentials: "same-origin",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (number !== asked) return; // a later one is on its way
      place.innerHTML = text;
    } catch {
      shown = "";
      if (number === asked) place.textContent = "The preview could not be made. Try it again.";
    } finally {
      if (number === asked) place.removeAttribute("aria-busy");
    }
  }

  button.addEventListener("click", (event) => {
    event.preventDefault();
    wanted = true;
    shown = "";
    show();
  });
  // Once asked for, it follows what is typed and chosen; Django's own widgets tell of it in jQuery.
  function changed() {
    if (!wanted) return;
    clearTimeout(timer);
    timer = setTimeout(show, WAIT);
  }
  form.addEventListener("submit", () => {
    wanted = false; // the form is on its way
    clearTimeout(timer);
  });
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  const $ = window.django && window.django.jQuery;
  if ($) $(form).on("change", "select", changed);
})();
