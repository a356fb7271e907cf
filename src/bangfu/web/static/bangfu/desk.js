/* The office's lists: tick all at once. Without this, one ticks them one by one. */
"use strict";

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-tick-everything]");
  if (!all) return;
  const form = all.closest("form[data-ticking]");
  const ticks = form.querySelectorAll("input[type=checkbox][name=person], input[type=checkbox][name=post]");
  for (const tick of ticks) tick.checked = all.checked;
});
