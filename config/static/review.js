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
    const passage = form.elements.namedItem("passage");
    const chosen = document.getSelection();
    const within = (text) => text.contains(chosen.anchorNode) && text.contains(chosen.focusNode);
    if (!passage || chosen.isCollapsed || ![...document.querySelectorAll(".co-paper__text, .co-view__page")].some(within)) return;
    passage.value = chosen.toString().replace(/\s+/g, " ").trim().slice(0, 400);
  });

  document.body.addEventListener("htmx:afterSwap", () => form.dispatchEvent(new Event("input")));
})();
