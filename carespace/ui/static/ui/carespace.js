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
      state.textContent = shown ? "Your password is shown" : "Your password is hidden";
    });
    if (box.form) box.form.addEventListener("submit", () => show(false));
  }

  for (const list of all("ul[data-rules]")) {
    const box = document.getElementById(list.dataset.rules);
    const state = document.getElementById(`${box.id}_state`);
    const rules = [...list.children].map((item) => {
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
        word.textContent = box.value ? (done ? ", done" : ", still needed") : "";
        met += done ? 1 : 0;
      }
      if (last >= 0 && met !== last) state.textContent = `${met} of ${rules.length} rules met`;
      last = met;
    };
    box.addEventListener("input", check);
    check();
  }
})();
