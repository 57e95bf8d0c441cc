// Small comforts. Every page works without them: menus that close, keys for judgement work, drafts, one submit per press.
(function () {
  "use strict";

  // A menu closes on Escape and on a press elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.co-menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.co-menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // A form is sent once. Coming back by the browser's button makes it ready again.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    setTimeout(() => {
      for (const button of event.target.querySelectorAll("button[type=submit]")) button.disabled = true;
    });
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("button[type=submit]:disabled")) button.disabled = false;
  });

  // A form with data-draft keeps its text in this tab until it is sent; signing out forgets all drafts.
  const draftKey = (form) => "draft:" + form.dataset.draft;
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const fields = () => [...form.elements].filter((field) => field.name && !["hidden", "file", "password", "submit"].includes(field.type));
    const refused = form.querySelector(".co-errors");
    const kept = refused ? null : JSON.parse(sessionStorage.getItem(draftKey(form)) || "null");
    if (kept) {
      for (const field of fields()) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = (kept[field.name] || []).includes(field.value);
        else if (kept[field.name]) field.value = kept[field.name][0];
      }
      const note = document.createElement("p");
      note.className = "co-small co-soft";
      note.textContent = "Your unsent draft was put back.";
      form.prepend(note);
    }
    form.addEventListener("input", () => {
      const draft = {};
      for (const field of fields()) {
        if ((field.type === "radio" || field.type === "checkbox") && !field.checked) continue;
        (draft[field.name] = draft[field.name] || []).push(field.value);
      }
      sessionStorage.setItem(draftKey(form), JSON.stringify(draft));
    });
    form.addEventListener("submit", () => sessionStorage.removeItem(draftKey(form)));
  }
  for (const form of document.querySelectorAll("form[data-forget]")) {
    form.addEventListener("submit", () => sessionStorage.clear());
  }

  // Single keys: an element with data-key="j" is pressed by that key; data-key-label says what it does.
  // They can be turned off, since a single key may be pressed by speech or by mistake (WCAG 2.1.4).
  const keyed = () => [...document.querySelectorAll("[data-key]")];
  const off = () => localStorage.getItem("keys") === "off";
  const help = document.querySelector("[data-keys-help]");
  if (help && keyed().length) {
    help.hidden = false;
    help.addEventListener("click", showKeys);
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || off()) return;
    if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, dialog, [contenteditable]")) return;
    if (event.key === "?" && keyed().length) return showKeys();
    const target = keyed().find((element) => element.dataset.key === event.key);
    if (!target) return;
    event.preventDefault();
    if (target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) target.focus();
    else {
      target.focus();
      target.click();
    }
  });

  function showKeys() {
    const dialog = document.createElement("dialog");
    dialog.className = "co-keys";
    const title = document.createElement("h2");
    title.id = "co-keys-title";
    title.textContent = "Keys on this page";
    dialog.setAttribute("aria-labelledby", title.id);
    const list = document.createElement("dl");
    for (const element of keyed()) {
      const term = document.createElement("dt");
      const key = document.createElement("kbd");
      key.textContent = element.dataset.key;
      term.append(key);
      const what = document.createElement("dd");
      what.textContent = element.dataset.keyLabel || element.textContent.trim();
      list.append(term, what);
    }
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !off();
    box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
    label.append(box, " Single keys are on");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "usa-button";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    const end = document.createElement("p");
    end.append(close);
    dialog.append(title, list, label, end);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }
})();
