// Builds what the desk's pages load into one folder: `node build.mjs [FOLDER]`, after `npm ci`.
// The same lock gives the same bytes. manifest.json names each file with its digest, and each package with
// its version and licence.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGES = join(HERE, "node_modules");
const USWDS = join(PACKAGES, "@uswds/uswds");
const FONTS = join(PACKAGES, "@fontsource-variable/public-sans");
const SHIPPED = {
  "@uswds/uswds": "LICENSE.md",
  "@fontsource-variable/public-sans": "LICENSE",
  "htmx.org": "LICENSE",
};

function build(folder) {
  const beside = `${folder}.building`;
  rmSync(beside, { recursive: true, force: true });
  write(join(beside, "desk.css"), stylesheet());
  for (const path of loadedBy(join(beside, "desk.css"))) copy(source(path), join(beside, path));
  copy(join(PACKAGES, "htmx.org/dist/htmx.min.js"), join(beside, "htmx.min.js"));
  for (const name of ourScripts()) copy(join(HERE, "scripts", name), join(beside, name));
  for (const [name, licence] of Object.entries(SHIPPED))
    copy(join(PACKAGES, name, licence), join(beside, "licences", `${name.replace(/^@/, "").replace("/", "-")}.txt`));
  write(join(beside, "manifest.json"), `${JSON.stringify(manifest(beside), null, 1)}\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  renameSync(beside, folder);
}

function ourScripts() {
  return readdirSync(join(HERE, "scripts")).filter((name) => name.endsWith(".js"));
}

function stylesheet() {
  const paths = [join(HERE, "styles"), join(USWDS, "packages")];
  const options = { loadPaths: paths, style: "compressed", quietDeps: true };
  return compile(join(HERE, "styles/desk.scss"), options).css;
}

// Every file that the stylesheet loads: nothing else of the packages is shipped.
function loadedBy(css) {
  const found = [...readFileSync(css, "utf8").matchAll(/url\(["']?(?!data:)([^"')]+)["']?\)/g)].map((one) => one[1]);
  return [...new Set(found)].sort();
}

function source(path) {
  if (path.startsWith("fonts/")) return join(FONTS, "files", path.slice("fonts/".length));
  if (path.startsWith("img/")) return join(USWDS, "dist", path);
  throw new Error(`the stylesheet loads ${path}, which is neither a font nor an icon`);
}

function manifest(folder) {
  const files = everyFile(folder).map((path) => [relative(folder, path), digest(path)]);
  return { schema: "assets/1", sources: sources(), packages: Object.keys(SHIPPED).map(told), files: Object.fromEntries(files) };
}

function told(name) {
  const { version, license } = JSON.parse(readFileSync(join(PACKAGES, name, "package.json"), "utf8"));
  return { name, version, licence: license };
}

// What the build was made of: whoever changes one of these builds again.
function sources() {
  const ours = ["package-lock.json", "build.mjs", ...everyFile(join(HERE, "styles")), ...everyFile(join(HERE, "scripts"))];
  const named = ours.map((path) => relative(HERE, resolve(HERE, path))).sort();
  return Object.fromEntries(named.map((path) => [path, digest(join(HERE, path))]));
}

function everyFile(folder) {
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? everyFile(path) : [path];
  });
}

function digest(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

build(process.argv[2] ?? join(HERE, "../src/civic_ai/web/static"));
