// The match page by keyboard: a verdict chosen by its key leads to the reason; Control and Enter send it. All optional.
(function () {
  "use strict";
  const reason = document.getElementById("id_reason");
  if (!reason) return;
  // pages.js, which is loaded first, has chosen the verdict by now.
  document.addEventListener("keydown", (event) => {
    const chosen = document.activeElement;
    if (!chosen.matches("input[name=verdict]") || chosen.dataset.key !== event.key || !chosen.checked) return;
    event.preventDefault();
    reason.focus();
  });
  reason.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    reason.form.requestSubmit();
  });
})();
