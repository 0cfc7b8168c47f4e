// Checks receipts of a civic-ai ledger; written from docs/reference/ledger-format.md alone. Needs only node.
//   node verify.mjs RECEIPT LOG_KEY [WITNESS_KEY ...]   files; says what the receipt shows; exit code 0 or 3
//   node verify.mjs --batch                             a JSON object a line: {receipt, log, witnesses} -> a verdict a line
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const leafHash = (line) => sha256(Buffer.of(0), line);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

class Fault extends Error {}
const need = (condition, kind) => { if (!condition) throw new Fault(kind); };

function decode(text) {
  const bytes = Buffer.from(text, "base64");
  need(bytes.toString("base64") === text, "malformed");
  return bytes;
}

function readKey(text) {
  const [, name, id, code] = /^([!-*,-~]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim());
  const content = decode(code);
  const key = { name, id, type: content[0], raw: content.subarray(1) };
  const expected = sha256(`${name}\n`, content).subarray(0, 4).toString("hex");
  if (expected !== id || key.raw.length !== 32 || ![1, 4].includes(key.type)) throw new Error("no public key");
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.raw]); // RFC 8410
  return { ...key, public: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

function readNote(written) {
  const end = written.lastIndexOf("\n\n");
  need(end >= 0, "malformed");
  const lines = written.slice(end + 2).split("\n");
  need(lines.pop() === "" && lines.length >= 1 && lines.length <= 64, "malformed");
  const signatures = lines.map((line) => {
    const found = /^— ([!-*,-~]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    need(found, "malformed");
    const content = decode(found[2]);
    need(content.length > 4, "malformed");
    return { name: found[1], id: content.subarray(0, 4).toString("hex"), bytes: content.subarray(4) };
  });
  return { text: written.slice(0, end + 1), signatures };
}

function readCheckpoint(text) {
  const found = /^([!-*,-~]+)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n$/.exec(text);
  need(found, "malformed");
  return { origin: found[1], size: Number(found[2]), root: decode(found[3]) };
}

const linesOf = (note, key) => note.signatures.filter((one) => one.name === key.name && one.id === key.id);
const isGood = (key, bytes, message) => bytes.length === 64 && verify(null, Buffer.from(message), key.public, bytes);

function isSignedByLog(note, log) {
  const lines = linesOf(note, log);
  return lines.length > 0 && lines.every((line) => isGood(log, line.bytes, note.text));
}

function cosignatures(note, witnesses) {
  return witnesses.flatMap((key) => linesOf(note, key).map(({ bytes }) => {
    need(bytes.length === 72, "witness signature");
    const at = bytes.readBigUInt64BE(0);
    need(isGood(key, bytes.subarray(8), `cosignature/v1\ntime ${at}\n${note.text}`), "witness signature");
    return { witness: key.name, at };
  }));
}

// The root that a leaf and its proof lead to, by the shape of the tree (RFC 6962): null when the proof does not fit.
function rootFrom(hash, index, size, proof) {
  if (size === 1) return proof.length === 0 ? hash : null;
  if (proof.length === 0) return null;
  let half = 1;
  while (half * 2 < size) half *= 2;
  const [below, beside] = [proof.slice(0, -1), proof[proof.length - 1]];
  const inner = index < half ? rootFrom(hash, index, half, below) : rootFrom(hash, index - half, size - half, below);
  if (inner === null) return null;
  return index < half ? nodeHash(inner, beside) : nodeHash(beside, inner);
}

function readEntry(bytes) {
  const line = bytes.toString("utf8");
  need(Buffer.from(line, "utf8").equals(bytes) && line[27] === " ", "malformed");
  const [at, json] = [line.slice(0, 27), line.slice(28)];
  need(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$/.test(at) && !at.startsWith("0000"), "malformed");
  const date = new Date(`${at.slice(0, 23)}Z`);
  need(!Number.isNaN(date.getTime()) && date.toISOString().slice(0, 23) === at.slice(0, 23), "malformed");
  const envelope = readEnvelope(json);
  return { at, envelope };
}

function readEnvelope(json) {
  try {
    const { payload, payloadType, signatures } = JSON.parse(json);
    const rebuilt = { payload, payloadType, signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })) };
    need(JSON.stringify(rebuilt) === json && typeof payloadType === "string", "malformed");
    decode(payload);
    for (const { keyid, sig } of signatures) need(/^[0-9a-f]{64}$/.test(keyid) && decode(sig), "malformed");
    return rebuilt;
  } catch { throw new Fault("malformed"); }
}

function check(text, log, witnesses) {
  const found = /^c2sp\.org\/tlog-proof@v1\nextra ([A-Za-z0-9+/=]+)\nindex (0|[1-9][0-9]{0,14})\n((?:[A-Za-z0-9+/]{43}=\n){0,53})\n([\s\S]*)$/.exec(text);
  need(found, "malformed");
  const [line, index, proof] = [decode(found[1]), Number(found[2]), found[3].split("\n").slice(0, -1).map(decode)];
  const note = readNote(found[4]);
  const checkpoint = readCheckpoint(note.text);
  need(checkpoint.origin === log.name && isSignedByLog(note, log), "log signature");
  const witnessed = cosignatures(note, witnesses);
  const root = index < checkpoint.size ? rootFrom(leafHash(line), index, checkpoint.size, proof) : null;
  need(root !== null && root.equals(checkpoint.root), "altered");
  return { ...readEntry(line), index, checkpoint, witnessed };
}

function verdict(text, log, witnesses) {
  try { return { says: "good", shows: check(text, log, witnesses) }; } catch (error) {
    if (error instanceof Fault) return { says: error.message };
    throw error;
  }
}

if (process.argv[2] === "--batch") {
  const keys = new Map();
  const key = (text) => keys.get(text) ?? keys.set(text, readKey(text)).get(text);
  const tasks = readFileSync(0, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  console.log(tasks.map((task) => verdict(task.receipt, key(task.log), task.witnesses.map(key)).says).join("\n"));
} else {
  const [receipt, log, ...witnesses] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));
  const { says, shows } = verdict(receipt, readKey(log), witnesses.map(readKey));
  console.log(says);
  if (shows) {
    console.log(`entry ${shows.index} of ${shows.checkpoint.size} of ${shows.checkpoint.origin}, ${shows.at}`);
    for (const { witness, at } of shows.witnessed) console.log(`witnessed by ${witness} at ${new Date(Number(at) * 1000).toISOString()}`);
    console.log(Buffer.from(shows.envelope.payload, "base64").toString("utf8"));
  }
  process.exitCode = shows ? 0 : 3;
}
