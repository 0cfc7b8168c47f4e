// Signs what a page shows with the reader's passkey, or makes a new one. Without JavaScript pages say how else.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function told(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject"])
    if (credential.response[name]) response[name] = text(credential.response[name]);
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

async function sign(form) {
  const keys = JSON.parse(form.dataset.credentials);
  const publicKey = {
    challenge: bytes(form.dataset.challenge),
    rpId: form.dataset.domain,
    allowCredentials: Object.keys(keys).map((id) => ({ type: "public-key", id: bytes(id) })),
    userVerification: "required",
  };
  const credential = await navigator.credentials.get({ publicKey });
  form.elements.key.value = keys[credential.id];
  form.elements.assertion.value = told(credential);
}

async function make(form) {
  const publicKey = {
    challenge: bytes(form.dataset.challenge),
    rp: { id: form.dataset.domain, name: document.title },
    user: { id: bytes(form.dataset.account), name: form.dataset.person, displayName: form.dataset.person },
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
    attestation: "none",
  };
  form.elements.made.value = told(await navigator.credentials.create({ publicKey }));
}

function offer(id, act) {
  const form = document.getElementById(id);
  if (!form || !window.PublicKeyCredential) return;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const status = form.querySelector("[role=status]");
    status.textContent = "";
    try {
      await act(form);
    } catch {
      status.textContent = status.dataset.failed;
      return;
    }
    form.submit();
  });
}

offer("by-passkey", sign);
offer("new-passkey", make);
