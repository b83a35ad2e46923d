/* Spares a reload or a slip; every page works without it. */
(() => {
  "use strict";
  const all = (selector) => document.querySelectorAll(selector);

  for (const menu of all("details[data-menu]")) {
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
    });
  }

  for (const button of all("button[data-show]")) {
    const box = document.getElementById(button.dataset.show);
    const state = document.getElementById(`${box.id}_state`);
    const show = (shown) => {
      box.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = box.type === "password";
      show(shown);
      state.textContent = shown ? state.dataset.shown : state.dataset.hidden;
    });
    if (box.form) box.form.addEventListener("submit", () => show(false));
  }

  for (const button of navigator.clipboard ? all("button[data-copy]") : []) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const words = document.getElementById(button.dataset.copy).innerText;
      const told = (text) => (button.nextElementSibling.textContent = text);
      await navigator.clipboard.writeText(words).then(
        () => told(button.dataset.copied),
        () => told(button.dataset.failed),
      );
    });
  }

  for (const list of all("ul[data-rules]")) {
    const box = document.getElementById(list.dataset.rules);
    const state = document.getElementById(`${box.id}_state`);
    const rules = [...list.querySelectorAll("[data-pattern]")].map((item) => {
      const word = document.createElement("span");
      word.className = "visually-hidden";
      item.append(word);
      return { item, word, pattern: new RegExp(item.dataset.pattern, "su") };
    });
    let last = -1;
    const check = () => {
      let met = 0;
      for (const { item, word, pattern } of rules) {
        const done = pattern.test(box.value);
        item.classList.toggle("met", done);
        word.textContent = box.value ? (done ? list.dataset.done : list.dataset.needed) : "";
        met += done ? 1 : 0;
      }
      if (last >= 0 && met !== last) {
        state.textContent = list.dataset.met.replace("{met}", met).replace("{all}", rules.length);
      }
      last = met;
    };
    box.addEventListener("input", check);
    check();
  }

  /* The session's end: kept typing, a warning two minutes before, and no record left on the screen. */
  const dialog = document.getElementById("session-end");
  if (dialog && dialog.showModal) {
    const WARNING_MS = 120000;
    const { ask, draft, out } = dialog.dataset;
    const here = location.pathname + location.search;
    const stay = dialog.querySelector("[data-stay]");
    const forms = [...all("form[data-keep]")];
    let end = Date.now() + dialog.dataset.left * 1000;
    let told = false;
    let typed = false;
    let timer;

    const post = (url, fields) =>
      fetch(url, { method: "POST", body: fields, keepalive: true, redirect: "manual" });

    const keep = async () => {
      clearTimeout(timer);
      if (!typed) return;
      typed = false;
      const fields = new URLSearchParams({ place: location.pathname });
      fields.append(stay[0].name, stay[0].value);
      for (const form of forms) {
        const filled = new FormData(form);
        for (const name of form.dataset.keep.split(" ")) {
          if (filled.has(name)) fields.append(name, filled.get(name));
        }
      }
      await post(draft, fields).catch(() => (typed = true));
    };
    for (const form of forms) {
      form.addEventListener("input", () => {
        typed = true;
        clearTimeout(timer);
        timer = setTimeout(keep, 2000);
      });
      form.addEventListener("submit", () => {
        typed = false;
        clearTimeout(timer);
      });
    }

    const show = (state) => {
      dialog.dataset.state = state;
      document.body.classList.toggle("covered", state === "cut");
      for (const part of dialog.querySelectorAll("[data-if]")) {
        part.hidden = !part.dataset.if.includes(state);
      }
      if (!state) dialog.close();
      else if (!dialog.open) dialog.showModal();
    };

    /* Asks the server, for another tab may have gone on; answers whether it could be asked. */
    const check = async () => {
      await keep();
      let left, fixed;
      try {
        ({ left, fixed } = await (await fetch(ask, { cache: "no-store" })).json());
      } catch {
        if (Date.now() >= end) show("cut");
        return false;
      }
      end = Date.now() + left * 1000;
      if (!left) {
        location.replace(`${out}?next=${encodeURIComponent(here)}`);
      } else if (left * 1000 > WARNING_MS) {
        told = false;
        show("");
      } else if (!told || dialog.open) {
        told = true;
        const time = { hour: "numeric", minute: "2-digit" };
        dialog.querySelector("[data-when]").textContent = new Date(end)
          .toLocaleTimeString(`${document.documentElement.lang}-US`, time)
          .toLowerCase();
        show(fixed ? "whole" : "idle");
      }
      return true;
    };

    const goOn = async () => {
      await post(stay.action, new URLSearchParams(new FormData(stay))).catch(() => {});
      told = false;
      if ((await check()) && dialog.dataset.state === "idle") location.replace(here);
    };
    stay.addEventListener("submit", (event) => {
      event.preventDefault();
      goOn();
    });
    dialog.addEventListener("cancel", () => dialog.dataset.state !== "whole" && goOn());

    setInterval(() => {
      const left = end - Date.now();
      if (left <= 0 || (left <= WARNING_MS && !told)) check();
    }, 5000);
    document.addEventListener("visibilitychange", () => (document.hidden ? keep() : check()));
    addEventListener("pagehide", keep);
    addEventListener("pageshow", (event) => event.persisted && check());
  }
})();
