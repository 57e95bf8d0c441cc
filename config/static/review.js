// The review page: a marked passage becomes the quote; the picker says what is shown; citing keeps the draft. All optional.
(function () {
  "use strict";
  const form = document.getElementById("review");
  if (!form) return;

  // A draft put back by pages.js may name another page than the one that stands here.
  const settle = () => {
    for (const field of form.querySelectorAll("[data-as-shown]")) field.value = field.dataset.asShown;
  };
  settle();

  document.addEventListener("selectionchange", () => {
    const text = document.querySelector(".co-paper__text");
    const passage = form.elements.namedItem("passage");
    const chosen = document.getSelection();
    if (!text || !passage || chosen.isCollapsed || !text.contains(chosen.anchorNode) || !text.contains(chosen.focusNode)) return;
    passage.value = chosen.toString().replace(/\s+/g, " ").trim().slice(0, 400);
  });

  document.body.addEventListener("htmx:afterSwap", () => form.dispatchEvent(new Event("input")));
})();
