/* Drafts at rest on this device: IndexedDB, sealed with an AES-GCM key that the browser made and
   will not export. What lies open is only an id, whose it is, when and in which state.

   Without a secure context there is no such key: then nothing is kept, and `usable` says so. */
"use strict";

(() => {
  const usable = Boolean(window.indexedDB && window.isSecureContext && window.crypto && crypto.subtle);
  const account = document.body.dataset.account;
  let opened;

  function base() {
    opened = opened || new Promise((resolve, reject) => {
      const asked = indexedDB.open("bangfu", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("keys");
        asked.result.createObjectStore("drafts", { keyPath: "id" });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }

  async function act(store, mode, call) {
    const database = await base();
    return new Promise((resolve, reject) => {
      const turn = database.transaction(store, mode);
      const asked = call(turn.objectStore(store));
      turn.oncomplete = () => resolve(asked.result);
      turn.onerror = turn.onabort = () => reject(turn.error);
    });
  }

  async function key() {
    const kept = await act("keys", "readonly", (keys) => keys.get(account));
    if (kept) return kept;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]);
    // Two pages may make one at once: the first one stays.
    await act("keys", "readwrite", (keys) => keys.add(made, account)).catch(() => undefined);
    return act("keys", "readonly", (keys) => keys.get(account));
  }

  /** Keep `body` (plain data) under `id`; state is "draft", "unsent", "conflict" or "refused". */
  async function save(id, state, body) {
    if (!usable || !account) return false;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(body));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), plain);
    const row = { id, account, state, at: Date.now(), iv, sealed };
    await act("drafts", "readwrite", (drafts) => drafts.put(row));
    return true;
  }

  /** Everything of this account, oldest first, opened. */
  async function list() {
    if (!usable || !account) return [];
    const rows = await act("drafts", "readonly", (drafts) => drafts.getAll());
    const mine = rows.filter((row) => row.account === account).sort((a, b) => a.at - b.at);
    if (!mine.length) return [];
    const opener = await key();
    const found = await Promise.all(mine.map((row) => open(row, opener)));
    return found.filter(Boolean);
  }

  /** One draft in clear; what this device's key does not open was never whole: it is dropped. */
  async function open(row, opener) {
    let plain;
    try {
      plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, opener, row.sealed);
    } catch {
      await remove(row.id);
      return null;
    }
    const body = JSON.parse(new TextDecoder().decode(plain));
    return { id: row.id, state: row.state, at: row.at, body };
  }

  function remove(id) {
    return usable ? act("drafts", "readwrite", (drafts) => drafts.delete(id)) : Promise.resolve();
  }

  /** Forget this account on this device: its drafts, then the key that opened them. */
  async function wipe() {
    if (!usable || !account) return;
    const rows = await act("drafts", "readonly", (drafts) => drafts.getAll());
    for (const row of rows) if (row.account === account) await remove(row.id);
    await act("keys", "readwrite", (keys) => keys.delete(account));
  }

  window.bangfu = { vault: { usable, save, list, remove, wipe } };
})();
