/* Lets the browser make or show a passkey, and sends what it answers with the page's own form. */
(() => {
  "use strict";
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (mark) => mark.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const make = async (asked) => {
    const made = await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        user: { ...asked.user, id: bytes(asked.user.id) },
        excludeCredentials: known(asked.excludeCredentials),
      },
    });
    return [made, { attestationObject: text(made.response.attestationObject) }];
  };
  const show = async (asked) => {
    const shown = await navigator.credentials.get({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        allowCredentials: known(asked.allowCredentials),
      },
    });
    const { authenticatorData, signature } = shown.response;
    return [shown, { authenticatorData: text(authenticatorData), signature: text(signature) }];
  };

  for (const words of document.querySelectorAll("[data-without-script]")) words.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const say = form.querySelector("[data-passkey-state]");
    const button = form.querySelector("button[type=submit]");
    if (!window.PublicKeyCredential) {
      say.textContent = say.dataset.cannot;
      continue;
    }
    const asked = JSON.parse(form.dataset.passkey).publicKey;
    button.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      say.textContent = say.dataset.follow;
      try {
        const [key, answer] = await (asked.user ? make : show)(asked);
        const clientDataJSON = text(key.response.clientDataJSON);
        form.querySelector("[data-passkey-answer]").value = JSON.stringify({
          id: key.id,
          rawId: text(key.rawId),
          type: key.type,
          response: { ...answer, clientDataJSON },
        });
        form.submit();
      } catch {
        button.disabled = false;
        say.textContent = say.dataset.failed;
      }
    });
  }
})();
