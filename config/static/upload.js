// Sends each chosen or dropped file by itself, with progress and retry. Without it the form sends all files at once.
(function () {
  "use strict";
  const size = (bytes) => (bytes < 1e6 ? Math.ceil(bytes / 1e3) + " kB" : (bytes / 1e6).toFixed(1) + " MB");
  // Signing in again changes the token; the cookie has the one of now.
  function token(form) {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return cookie ? cookie[1] : form.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  for (const form of document.querySelectorAll("form[data-upload]")) {
    const input = form.querySelector("input[type=file]");
    const list = form.querySelector(".co-files");
    const most = Number(form.dataset.maxBytes) || Infinity;
    const kinds = (input.accept || "").toLowerCase().split(",").map((kind) => kind.trim()).filter(Boolean);
    const queue = [];
    let busy = false;

    input.required = false;
    form.querySelector("[data-upload-button]").hidden = true;
    form.querySelector("[data-drop-hint]").hidden = false;

    input.addEventListener("change", () => {
      [...input.files].forEach(add);
      input.value = "";
    });
    for (const name of ["dragenter", "dragover"]) {
      form.addEventListener(name, (event) => {
        event.preventDefault();
        form.classList.add("co-drop--over");
      });
    }
    form.addEventListener("dragleave", (event) => {
      if (!form.contains(event.relatedTarget)) form.classList.remove("co-drop--over");
    });
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("co-drop--over");
      [...event.dataTransfer.files].forEach(add);
    });
    window.addEventListener("beforeunload", (event) => {
      if (busy) event.preventDefault();
    });

    function refusal(file) {
      if (!file.size) return "This file is empty.";
      if (file.size > most) return "Too large: " + size(file.size) + ", at most " + size(most) + ".";
      const name = file.name.toLowerCase();
      if (kinds.length && !kinds.some((kind) => name.endsWith(kind))) return "This kind of file is not accepted.";
      return "";
    }

    function add(file) {
      const row = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = file.name;
      const bytes = document.createElement("span");
      bytes.className = "co-num co-soft co-small";
      bytes.textContent = size(file.size);
      const bar = document.createElement("progress");
      bar.max = 1;
      bar.value = 0;
      bar.setAttribute("aria-label", "Sending " + file.name);
      const state = document.createElement("p");
      state.className = "co-files__state";
      state.textContent = "Waiting";
      row.append(name, bytes, bar, state);
      list.append(row);
      list.hidden = false;
      const item = { file, row, bar, state };
      const reason = refusal(file);
      if (reason) return fail(item, reason, false);
      queue.push(item);
      next();
    }

    function next() {
      if (busy || !queue.length) return;
      busy = true;
      send(queue.shift(), () => {
        busy = false;
        next();
      });
    }

    function send(item, done) {
      const body = new FormData(form);
      body.delete(input.name);
      body.append(input.name, item.file);
      body.set("csrfmiddlewaretoken", token(form));
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        item.bar.value = event.loaded / event.total;
        item.state.textContent = "Sending, " + Math.round((100 * event.loaded) / event.total) + " %";
      });
      request.addEventListener("load", () => {
        let answer = null;
        try {
          answer = JSON.parse(request.responseText);
        } catch {
          answer = null;
        }
        if (request.status >= 200 && request.status < 300) {
          // A page instead of an answer is the sign-in page: the session is over and nothing was received.
          if (answer) succeed(item, answer);
          else fail(item, "You are no longer signed in. Sign in again in another window, then try again.", true);
        } else {
          const again = request.status >= 500 || request.status === 429 || request.status === 403;
          fail(item, (answer && answer.detail) || "The server did not take this file (" + request.status + ").", again);
        }
        done();
      });
      request.addEventListener("error", () => {
        fail(item, "The connection was lost.", true);
        done();
      });
      request.send(body);
    }

    function succeed(item, answer) {
      item.bar.remove();
      item.row.classList.remove("co-files--failed");
      item.state.textContent = answer.message || "Received.";
      if (answer.url) {
        const link = document.createElement("a");
        link.href = answer.url;
        link.textContent = "Show";
        item.state.append(" ", link);
      }
      form.dispatchEvent(new CustomEvent("co:uploaded", { bubbles: true, detail: answer }));
    }

    function fail(item, reason, again) {
      item.bar.hidden = true;
      item.row.classList.add("co-files--failed");
      item.state.textContent = "Not sent. " + reason;
      if (!again) return;
      const retry = document.createElement("button");
      retry.type = "button";
      retry.className = "usa-button usa-button--unstyled";
      retry.textContent = "Try again";
      retry.addEventListener("click", () => {
        item.bar.hidden = false;
        item.bar.value = 0;
        item.row.classList.remove("co-files--failed");
        item.state.textContent = "Waiting";
        queue.push(item);
        next();
      });
      item.state.append(" ", retry);
    }
  }
})();
