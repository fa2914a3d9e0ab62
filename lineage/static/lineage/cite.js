// "Cite" beside a field begins a row among the citations of the page, filled in. Without this
// script, and on a page without those rows, the link leads to a citation's own form.
"use strict";

(() => {
  function begin(row, statement) {
    const field = row.querySelector("input[name$=-statement]");
    if (field) {
      field.value = statement;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    row.scrollIntoView({ block: "center" });
    const source = row.querySelector(".field-source .select2-selection, .field-source select");
    if (source) source.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-cite]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const add = document.querySelector("#citations-group .add-row a");
    if (!add) return;
    event.preventDefault();
    // Django's own button makes the row, and tells of it when its fields are ready.
    const made = ({ target }) => begin(target, link.dataset.cite);
    document.addEventListener("formset:added", made, { once: true });
    add.click();
    document.removeEventListener("formset:added", made);
  });
})();
