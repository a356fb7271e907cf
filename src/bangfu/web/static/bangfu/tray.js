/* The tray: what waits on this device, why, and what can be done about it. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const { vault, flush } = window.bangfu;
  const tray = document.getElementById("tray");
  const mould = document.getElementById("tray-item");

  async function anew(draft) {
    const uid = crypto.randomUUID();
    const fields = draft.body.fields.map((field) => (field[0] === "uid" ? ["uid", uid, ""] : field));
    await vault.save(uid, "unsent", { ...draft.body, fields, message: "" });
    await vault.remove(draft.id);
    await flush();
  }

  async function resend(draft) {
    await vault.save(draft.id, "unsent", draft.body);
    await flush();
  }

  function item(draft) {
    const row = mould.content.firstElementChild.cloneNode(true);
    const part = (name) => row.querySelector(`.${name}`);
    const about = draft.body.fields.filter((field) => field[2]).map((field) => field[2]);
    part("title").textContent = [draft.body.title, ...about].join(" · ");
    part("mark").textContent = mould.dataset[draft.state];
    part("mark").classList.add(draft.state === "draft" ? "due" : "late");
    part("when").textContent = new Date(draft.at).toLocaleString(document.documentElement.lang);
    part("message").textContent = draft.body.message || "";
    part("message").hidden = !draft.body.message;
    part("open").href = draft.body.url;
    part("stored").href = draft.body.stored || "#";
    part("stored").hidden = !draft.body.stored;
    part("anew").hidden = draft.state !== "conflict";
    part("resend").hidden = draft.state === "draft" || draft.state === "conflict";
    part("anew").addEventListener("click", () => anew(draft));
    part("resend").addEventListener("click", () => resend(draft));
    part("drop").addEventListener("click", async (event) => {
      if (!window.confirm(event.target.dataset.sure)) return;
      await vault.remove(draft.id);
      await window.bangfu.show();
    });
    return row;
  }

  async function draw() {
    const drafts = await vault.list();
    tray.replaceChildren(...drafts.map(item));
    document.getElementById("tray-empty").hidden = drafts.length > 0;
  }

  document.addEventListener("bangfu:waits", draw);
  draw();
});
