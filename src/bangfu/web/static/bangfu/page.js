/* Small conveniences; every page works without them, only with more taps. */
"use strict";

(() => {
  /** Put a chosen person or household among the chosen ones of `name`. */
  function choose(name, value, label) {
    const box = document.querySelector(`[data-chosen="${CSS.escape(name)}"]`);
    if (!box || box.querySelector(`input[value="${CSS.escape(value)}"]`)) return;
    if (box.hasAttribute("data-single")) box.replaceChildren();
    const chip = document.getElementById("chip").content.firstElementChild.cloneNode(true);
    const input = chip.querySelector("input");
    input.name = name;
    input.value = value;
    input.setAttribute("value", value);
    input.dataset.label = label;
    chip.querySelector(".words").textContent = label;
    box.append(chip);
    box.dispatchEvent(new Event("bangfu:chosen", { bubbles: true }));
  }

  function picked(button) {
    const finder = button.closest("[data-finder]");
    choose(finder.dataset.finder, button.value, button.dataset.label);
    finder.querySelector("[data-results]").replaceChildren();
    const search = finder.querySelector("input[type=search]");
    search.value = "";
    search.focus();
  }

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    const pick = on("[data-pick]");
    if (pick) return picked(pick);
    const drop = on("[data-unpick]");
    if (drop) {
      const box = drop.closest("[data-chosen]");
      drop.closest(".chip").remove();
      box.dispatchEvent(new Event("bangfu:chosen", { bubbles: true }));
      return undefined;
    }
    const quick = on("[data-day]");
    if (quick) {
      const input = document.getElementById(quick.dataset.for);
      input.value = quick.dataset.day;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const all = on("[data-tick-all]");
    if (all) tickAll(all.closest(".batch"));
    const last = on("[data-last]");
    if (last) fillAsLast(last);
    if (on("[data-print]")) window.print();
    const copy = on("[data-copy]");
    if (copy) copyText(copy);
    return undefined;
  });

  // On paper nothing can be unfolded.
  window.addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("main details.fold:not([open])")) {
      fold.open = true;
      fold.dataset.folded = "";
    }
  });
  window.addEventListener("afterprint", () => {
    for (const fold of document.querySelectorAll("main details[data-folded]")) {
      fold.open = false;
      delete fold.dataset.folded;
    }
  });

  /** The chosen day in words, with its weekday: browsers write dates in their own language. */
  function sayDays() {
    const say = new Intl.DateTimeFormat(document.documentElement.lang, {
      year: "numeric", month: "long", day: "numeric", weekday: "short",
    });
    document.querySelectorAll("[data-words-of]").forEach((place) => {
      const [year, month, day] = document.getElementById(place.dataset.wordsOf).value.split("-");
      place.textContent = day ? say.format(new Date(year, month - 1, day)) : "";
    });
  }
  document.addEventListener("input", sayDays);
  document.addEventListener("bangfu:filled", sayDays);
  sayDays();

  /** "As last time": the values of the last entry of this kind, where nothing is filled in yet. */
  function fillAsLast(button) {
    const form = button.closest("form");
    for (const [name, value] of Object.entries(JSON.parse(button.dataset.last))) {
      const values = [].concat(value).map(String);
      for (const element of form.querySelectorAll(`[name="v.${CSS.escape(name)}"]`)) {
        if (element.type === "radio" || element.type === "checkbox") {
          element.checked = values.includes(element.value);
        } else if (!element.value) {
          element.value = values[0];
        }
      }
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Copy a text for a chat group; where the browser forbids that, select it for the person. */
  async function copyText(button) {
    const text = document.getElementById(button.dataset.copy);
    const state = button.parentElement.querySelector("[data-copy-state]");
    try {
      await navigator.clipboard.writeText(text.innerText);
      state.textContent = button.dataset.copied;
    } catch {
      window.getSelection().selectAllChildren(text);
      state.textContent = button.dataset.select;
    }
  }

  /** Tick every row of a batch, or none if all were ticked. */
  function tickAll(batch) {
    const ticks = Array.from(batch.querySelectorAll(".tick input"));
    const on = !ticks.every((tick) => tick.checked);
    for (const tick of ticks) tick.checked = on;
    countTicks();
  }
  document.querySelectorAll("[data-tick-all]").forEach((button) => {
    button.hidden = false;
  });

  /** The text of a list's file into the box beside it: UTF-8, or else as Chinese Excel writes it. */
  async function readFile(input) {
    const file = input.files[0];
    const state = input.closest(".from-file").querySelector("[role=status]");
    if (!file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      text = new TextDecoder("gb18030").decode(bytes);
    }
    // A workbook is a packed archive: its bytes are no lines of text.
    if (bytes.includes(0) || text.startsWith("PK")) {
      state.textContent = input.dataset.notText;
      return;
    }
    const box = document.getElementById(input.dataset.into);
    box.value = text;
    state.textContent = file.name;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function showFiles() {
    document.querySelectorAll(".from-file").forEach((place) => { place.hidden = false; });
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file][data-into]")) readFile(event.target);
  });
  document.addEventListener("bangfu:filled", showFiles);
  showFiles();

  // An answer that may stay empty is taken back by tapping it once more.
  let wasChecked = null;
  document.addEventListener("pointerdown", (event) => {
    const radio = event.target.closest(".option")?.querySelector("[data-clears]");
    wasChecked = radio && radio.checked ? radio : null;
  });
  document.addEventListener("click", (event) => {
    if (!wasChecked || event.target !== wasChecked) return;
    wasChecked.checked = false;
    wasChecked.dispatchEvent(new Event("input", { bubbles: true }));
    wasChecked = null;
  });

  // A filter acts when it is changed; the button below it is for browsers without scripts.
  document.addEventListener("change", (event) => {
    const filters = event.target.closest("form[data-filters]");
    if (filters) filters.requestSubmit();
  });
  document.querySelectorAll("form[data-filters] [data-without-script]").forEach((button) => {
    button.hidden = true;
  });

  function countTicks() {
    const ticks = document.querySelectorAll(".tick input:checked").length;
    document.querySelectorAll("[data-ticks]").forEach((place) => {
      place.textContent = place.dataset.ticks.replace("0", String(ticks));
    });
  }
  document.addEventListener("change", countTicks);
  window.addEventListener("pageshow", countTicks);

  window.bangfu.choose = choose;
})();
