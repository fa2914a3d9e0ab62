// Escape closes what was unfolded around the focus, and gives the focus back to what unfolded it.
// Without this script Enter on that closes it.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const fold = document.activeElement.closest("details[open]");
  if (!fold) return;
  event.preventDefault();
  fold.open = false;
  fold.querySelector("summary").focus();
});
