// A certified OpenID provider (npm: oidc-provider) for the tests: whoever types a name is that person.
// node oidc_provider.mjs PORT REDIRECT_URI MODULES
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [port, redirect, modules] = process.argv.slice(2);
const found = createRequire(pathToFileURL(`${modules}/`)).resolve("oidc-provider");
const { Provider } = await import(pathToFileURL(found));
const addresses = { ona: "ona@city.example", other: "ona@city.example", unsure: "rev@city.example" };

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{ client_id: "desk", client_secret: "desk-secret-of-the-tests-0123456789", redirect_uris: [redirect] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: addresses[id] ?? `${id}@city.example`, email_verified: id !== "unsure" }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
