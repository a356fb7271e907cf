/* What is typed is never lost: every change is kept, a cut connection keeps the whole entry and
   sends it later under the same uid, and what the server refuses waits where it can be seen. */
"use strict";

(() => {
  const { vault } = window.bangfu;
  const texts = document.getElementById("texts").dataset;
  const form = document.querySelector("form[data-entry]");
  const PAUSES = [5, 15, 30, 60];
  let tries = 0;
  let timer = 0;
  let busy = false;
  let sent = false;
  // How the open form is kept: what waits to be sent stays so until somebody types again.
  let state = "draft";

  /* ---- the open form ---- */

  const uid = () => form.elements.uid.value;
  const PRIVATE = new Set(["csrfmiddlewaretoken"]);

  function contents() {
    const fields = [];
    for (const [name, value] of new FormData(form)) {
      if (PRIVATE.has(name) || typeof value !== "string") continue;
      const chip = form.querySelector(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
      fields.push([name, value, (chip && chip.dataset.label) || ""]);
    }
    return {
      slot: form.dataset.entry,
      url: location.pathname + location.search,
      action: form.getAttribute("action") || location.pathname,
      title: form.dataset.title,
      fields,
    };
  }

  function say(words, mood) {
    const place = form && form.querySelector("[data-state]");
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("bad", mood === "bad");
  }

  let waiting = 0;
  function keepSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(keepNow, 150);
  }
  async function keepNow() {
    clearTimeout(waiting);
    if (!form || sent || state !== "draft" || !form.dataset.touched) return;
    const kept = await vault.save(uid(), "draft", contents()).catch(() => false);
    if (!sent) say(kept ? texts.kept : texts.notKept);
  }

  function fill(fields) {
    const given = new Map();
    for (const [name, value, label] of fields) {
      if (!given.has(name)) given.set(name, []);
      given.get(name).push([value, label]);
    }
    form.querySelectorAll("[data-chosen]").forEach((box) => {
      if (!box.hasAttribute("data-fixed")) box.replaceChildren();
    });
    for (const element of form.elements) {
      if (!element.name || PRIVATE.has(element.name) || element.closest("[data-chosen]")) continue;
      const values = (given.get(element.name) || []).map(([value]) => value);
      if (element.type === "checkbox" || element.type === "radio") {
        element.checked = values.includes(element.value);
      } else if (element.tagName !== "BUTTON" && values.length) {
        element.value = values[0];
      }
    }
    form.querySelectorAll("[data-chosen]:not([data-fixed])").forEach((box) => {
      for (const [value, label] of given.get(box.dataset.chosen) || []) {
        window.bangfu.choose(box.dataset.chosen, value, label);
      }
    });
    document.dispatchEvent(new CustomEvent("bangfu:filled"));
  }

  async function restore() {
    const kept = await vault.list();
    const mine = kept.filter((draft) => draft.body.slot === form.dataset.entry).pop();
    if (!mine) {
      if (!vault.usable) say(texts.notKept);
      return;
    }
    fill(mine.body.fields);
    form.dataset.touched = "1";
    state = mine.state;
    const note = document.getElementById("restored");
    note.hidden = false;
    note.querySelector("[data-drop]").addEventListener("click", async () => {
      await vault.remove(mine.id);
      sent = true;
      location.reload();
    });
    say(mine.state === "unsent" ? texts.waiting : texts.kept);
  }

  /* ---- sending ---- */

  function token() {
    const input = document.querySelector("[name=csrfmiddlewaretoken]");
    return input ? input.value : "";
  }

  /** One attempt. Returns {how: "done" | "wrong" | "conflict" | "sign-in" | "later", …}. */
  async function send(id, body) {
    let answer;
    try {
      answer = await fetch(body.action, {
        method: "POST",
        headers: { "X-CSRFToken": token(), "X-Draft": id },
        body: new URLSearchParams(body.fields.map(([name, value]) => [name, value])),
        credentials: "same-origin",
        redirect: "error",
      });
    } catch {
      return { how: "later" };
    }
    if (answer.ok) return { how: "done", ...(await answer.json()) };
    if (answer.status === 422) return { how: "wrong", html: await answer.text() };
    if (answer.status === 409) return { how: "conflict", ...(await answer.json()) };
    if (answer.status === 401 || answer.status === 403) return { how: "sign-in" };
    if (answer.status === 404) return { how: "conflict", message: texts.gone };
    return { how: "later" };
  }

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    busy = true;
    clearTimeout(waiting);
    const button = form.querySelector("button[type=submit]");
    button.setAttribute("aria-disabled", "true");
    say(texts.sending);
    unmark(form);
    const id = uid();
    const body = contents();
    state = "unsent";
    await vault.save(id, state, body).catch(() => false);
    const result = await send(id, body);
    busy = false;
    button.removeAttribute("aria-disabled");
    if (result.how === "done") {
      sent = true;
      await vault.remove(id);
      location.assign(result.go);
    } else if (result.how === "wrong") {
      state = "draft";
      await vault.save(id, state, body).catch(() => false);
      mend(result.html);
    } else if (result.how === "conflict") {
      state = "conflict";
      await vault.save(id, state, { ...body, message: result.message, stored: result.stored });
      say(result.message, "bad");
      location.assign(document.body.dataset.tray);
    } else if (result.how === "sign-in") {
      say(texts.signIn, "bad");
      show();
    } else {
      say(vault.usable ? texts.waiting : texts.stay, "bad");
      later();
      show();
    }
  }

  /** The server found mistakes: its form, with what was typed and what is wrong beside it. */
  function mend(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-fields]");
    form.querySelector("[data-fields]").replaceWith(fresh);
    if (window.htmx) window.htmx.process(fresh);
    document.dispatchEvent(new CustomEvent("bangfu:filled"));
    say(texts.mend, "bad");
    const first = fresh.querySelector(".bad, .note.error");
    if (first) {
      first.scrollIntoView({ block: "center" });
      const control = first.querySelector("input:not([type=hidden]), select, textarea");
      if (control) control.focus({ preventScroll: true });
    }
  }

  /** What was found wrong before may be mended by now: the server says it anew. */
  function unmark(place) {
    for (const wrong of place.querySelectorAll(".wrong, .note.error")) wrong.remove();
    for (const bad of place.querySelectorAll(".bad")) bad.classList.remove("bad");
    for (const input of place.querySelectorAll("[aria-invalid]")) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }

  /** Everything that waits, in order; stops at the first that finds no network. */
  async function flush() {
    if (busy) return;
    busy = true;
    let done = 0;
    try {
      for (const draft of await vault.list()) {
        if (draft.state !== "unsent") continue;
        const result = await send(draft.id, draft.body);
        if (result.how === "later" || result.how === "sign-in") {
          later();
          break;
        }
        if (result.how === "done") {
          done += 1;
          await vault.remove(draft.id);
          if (form && uid() === draft.id) {
            sent = true;
            location.assign(result.go);
            return;
          }
        } else {
          const state = result.how === "conflict" ? "conflict" : "refused";
          const message = result.message || wrongs(result.html);
          await vault.save(draft.id, state, { ...draft.body, message, stored: result.stored });
        }
      }
      if (form && !vault.usable && form.dataset.waiting) form.requestSubmit();
    } finally {
      busy = false;
    }
    if (done && document.querySelector("[data-fresh]")) location.reload();
    else show();
  }

  function wrongs(html) {
    const page = new DOMParser().parseFromString(html || "", "text/html");
    return Array.from(page.querySelectorAll(".wrong, .note.error p"), (p) => p.textContent.trim())
      .join(" ");
  }

  function later() {
    if (form && !vault.usable) form.dataset.waiting = "1";
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSES[Math.min(tries, PAUSES.length - 1)] * 1000);
    tries += 1;
  }

  /** The line on every page that says how much waits here. */
  async function show() {
    const bar = document.getElementById("unsent");
    const waits = (await vault.list()).filter((draft) => draft.state !== "draft");
    bar.hidden = waits.length === 0;
    bar.querySelector(".words").textContent = texts.count.replace("0", String(waits.length));
    bar.querySelector("ul").replaceChildren(...waits.map((draft) => {
      const line = document.createElement("li");
      const about = draft.body.fields.map((field) => field[2]).filter(Boolean);
      line.textContent = [draft.body.title, ...about].join(" · ");
      return line;
    }));
    document.dispatchEvent(new CustomEvent("bangfu:waits"));
  }

  /** The page of what waits; without a network its list is unfolded in the open page instead. */
  async function look(event) {
    event.preventDefault();
    const address = event.target.href;
    const there = await fetch(address, { credentials: "same-origin" }).then(() => true, () => false);
    if (there) location.assign(address);
    else document.querySelector("#unsent ul").hidden = false;
  }

  /* ---- signing out ---- */

  async function leave(event) {
    const out = event.target;
    if (out.dataset.sure) return;
    event.preventDefault();
    if ((await vault.list()).some((draft) => draft.state === "unsent")) await flush();
    const left = await vault.list();
    if (left.length && !window.confirm(out.dataset.unsent)) return;
    await vault.wipe().catch(() => undefined);
    out.dataset.sure = "1";
    out.submit();
  }

  window.bangfu.flush = flush;
  window.bangfu.show = show;
  document.addEventListener("submit", (event) => {
    if (event.target === form) submit(event);
    else if (event.target.matches("form.sign-out")) leave(event);
  });
  if (form) {
    const touched = () => {
      form.dataset.touched = "1";
      state = "draft";
      keepSoon();
    };
    form.addEventListener("input", touched);
    form.addEventListener("bangfu:chosen", touched);
    window.addEventListener("pagehide", keepNow);
    document.addEventListener("visibilitychange", () => document.hidden && keepNow());
  }
  document.querySelector("#unsent a").addEventListener("click", look);
  window.addEventListener("online", () => {
    tries = 0;
    flush();
  });
  // `choose` comes with page.js, which the browser runs after this file.
  document.addEventListener("DOMContentLoaded", async () => {
    if (form) await restore();
    if (document.body.dataset.account) await flush();
  });
})();
