"use strict";

// The checks of `kpa-analytics verify`, in a browser. Names and sentences come from the package.
const names = __NAMES__;
const litter = new RegExp(`^(?:${names.litter})$`, "isu");

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, byte => byte.toString(16).padStart(2, "0")).join("");
}

const lastPart = path => path.slice(path.lastIndexOf("/") + 1);
const isLitter = path => litter.test(lastPart(path));
const textOf = (bytes, fatal) => new TextDecoder("utf-8", { fatal, ignoreBOM: true }).decode(bytes);

function parents(path) {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}

function finding(path, kind, reason, more = "") {
  return { path, finding: kind, detail: names.details[reason] + more };
}

// What to say of a path that a reader could take for a listed one.
function lookalikes(listed) {
  const composed = text => text.normalize("NFC");
  const folded = text => composed(text).toLowerCase();
  const forms = [
    [composed, "alike in form"],
    [folded, "alike in case"],
    [text => folded(text.normalize("NFKC").replace(/[\p{Z}\p{C}]/gu, "")), "alike in sight"],
  ].map(([form, reason]) => {
    const pairs = listed.map(name => [form(name), name]).reverse();
    return [form, reason, new Map(pairs)];
  });
  return path => {
    for (const [form, reason, byForm] of forms) {
      const name = byForm.get(form(path));
      if (name !== undefined) return names.details[reason].replace("{name}", () => name);
    }
    return "";
  };
}

// listed: path -> what is stated about the file; present: path -> {path, sha256, bytes}.
function differences(listed, present, folders) {
  const result = [];
  const alike = lookalikes([...listed.keys()]);
  for (const path of listed.keys()) {
    if (!present.has(path)) result.push(finding(path, "missing", "missing"));
  }
  for (const [path, file] of present) {
    const stated = listed.get(path);
    if (stated) {
      const differs = Object.entries(stated).some(([name, value]) => file[name] !== value);
      if (differs) result.push(finding(path, "changed", "changed"));
    } else if (isLitter(path)) {
      result.push(finding(path, "litter", "litter"));
    } else {
      result.push(finding(path, "added", "added", alike(path)));
    }
  }
  const holding = new Set([...present.keys()].filter(path => !isLitter(path)).flatMap(parents));
  const expected = new Set([...listed.keys()].flatMap(parents));
  const alikeFolder = lookalikes([...expected]);
  for (const path of folders) {
    if (!holding.has(path) && !expected.has(path)) {
      result.push(finding(path, "added", "added folder", alikeFolder(path)));
    }
  }
  return result;
}

// What lies in a folder, by the path from there.
function inside(folder, present, folders) {
  const start = `${folder}/`;
  const below = paths => [...paths].filter(path => path.startsWith(start));
  return [
    new Map(below(present.keys()).map(path => [path.slice(start.length), present.get(path)])),
    below(folders).map(path => path.slice(start.length)),
  ];
}

// The manifest's seal is the SHA-256 of everything above it, with the closing bracket.
async function seal(raw) {
  const match = /^([\s\S]*),\n {2}"seal": "([0-9a-f]{64})"\n\}\n$/.exec(textOf(raw, true));
  const above = match && new TextEncoder().encode(`${match[1]}\n}\n`);
  return match && (await sha256(above)) === match[2] ? match[2] : null;
}

function listedFiles(raw) {
  const content = JSON.parse(textOf(raw, true));
  if (!("seal" in content)) throw new TypeError("no seal");
  const listed = new Map();
  for (const file of content.files) {
    if (typeof file.path !== "string" || typeof file.sha256 !== "string") throw new TypeError("no hash");
    if (listed.has(file.path)) throw new TypeError("listed twice");
    listed.set(file.path, file);
  }
  for (const [fact, name] of Object.entries(names.announced)) {
    if (fact in content) listed.set(name, {});
  }
  return listed;
}

async function checkPack(present, folders) {
  const manifest = present.get(names.manifest);
  if (!manifest) return [finding(names.manifest, "missing", "no manifest")];
  let listed;
  try {
    listed = listedFiles(manifest.raw);
  } catch {
    return [finding(names.manifest, "changed", "unreadable manifest")];
  }
  const sealed = await seal(manifest.raw);
  const broken = sealed ? [] : [finding(names.manifest, "changed", "broken seal")];
  const others = new Map([...present].filter(([path]) => path !== names.manifest));
  const bare = new Map([...others].map(([path, file]) => [path, { ...file, path }]));
  return broken.concat(differences(listed, bare, folders));
}

function readChecksums(file) {
  const listed = new Map();
  for (const line of file ? textOf(file.raw, false).split("\n") : []) {
    const match = /^([0-9a-f]{64}) {2}([\s\S]+)$/.exec(line);
    const decoded = match?.[2].replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
    if (match) listed.set(decoded, { sha256: match[1] });
  }
  return listed;
}

// The lines of a bag's manifest: [path, {sha256}] of each file.
function lines(files) {
  const encoded = path =>
    path.replaceAll("%", "%25").replaceAll("\n", "%0A").replaceAll("\r", "%0D");
  return Array.from(files, ([path, { sha256: hash }]) => `${hash}  ${encoded(path)}\n`).join("");
}

async function checkBag(present, folders) {
  const ofPack = await checkPack(...inside(names.payload, present, folders));
  const own = new Map(names.tagFiles.map(name => [name, {}]));
  for (const [name, stated] of readChecksums(present.get(names.tagChecksums))) own.set(name, stated);
  const stated = [...readChecksums(present.get(names.checksums))];
  const payload = new Map(stated.filter(([name]) => name.startsWith(`${names.payload}/`)));
  const listed = new Map([...own, [names.tagChecksums, {}], ...payload]);
  const ofBag = differences(listed, present, folders);
  if (!ofBag.some(({ path }) => own.has(path) || path === names.tagChecksums)) {
    const asWritten = [
      [names.declaration, names.declared],
      [names.checksums, lines(payload)],
      [names.tagChecksums, lines(names.tagFiles.map(name => [name, present.get(name)]))],
    ];
    for (const [name, text] of asWritten) {
      if (textOf(present.get(name).raw, false) !== text) {
        ofBag.push(finding(name, "changed", "rewritten"));
      }
    }
  }
  const result = new Map();
  const placed = ofPack.map(one => ({ ...one, path: `${names.payload}/${one.path}` }));
  for (const one of [...placed, ...ofBag]) {
    const key = JSON.stringify([one.path, one.finding]);
    if (!result.has(key)) result.set(key, one);
  }
  return [...result.values()];
}

function isBag(present) {
  if (present.has(names.manifest)) return false;
  return present.has(names.declaration) || present.has(`${names.payload}/${names.manifest}`);
}

const texts = [names.manifest, names.declaration, names.checksums, names.tagChecksums];
const kept = path => texts.includes(lastPart(path));

// entries: [{path, folder: true} or {path, read: () => a promise of the bytes}].
async function check(entries, progress = () => {}) {
  const present = new Map();
  for (const [number, { path, read }] of entries.filter(entry => !entry.folder).entries()) {
    progress(number);
    const raw = await read();
    const file = { path, sha256: await sha256(raw), bytes: raw.byteLength };
    present.set(path, kept(path) ? { ...file, raw } : file);
  }
  const folders = entries.filter(entry => entry.folder).map(entry => entry.path);
  const bag = isBag(present);
  const findings = await (bag ? checkBag : checkPack)(present, folders);
  findings.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
  const manifest = present.get(bag ? `${names.payload}/${names.manifest}` : names.manifest);
  const known = manifest && !findings.some(({ path }) => path.endsWith(names.manifest));
  return { findings, files: present.size, seal: known ? await seal(manifest.raw) : null };
}

// What the browser gives: a dropped folder, or the files of a chosen one.

const readFile = file => () => file.arrayBuffer();

// Chromium reads a dropped folder on a page from the disk only through its handle; other browsers
// have only the entry. Both become {name, folder, file(), children()}.
async function* children(handle) {
  for await (const child of handle.values()) yield ofHandle(child);
}

function ofHandle(handle) {
  return {
    name: handle.name,
    folder: handle.kind === "directory",
    file: () => handle.getFile(),
    children: () => children(handle),
  };
}

async function* childrenOfEntry(entry) {
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return;
    for (const child of some) yield ofEntry(child);
  }
}

function ofEntry(entry) {
  return {
    name: entry.name,
    folder: entry.isDirectory,
    file: () => new Promise((done, failed) => entry.file(done, failed)),
    children: () => childrenOfEntry(entry),
  };
}

async function below(node, path) {
  if (!node.folder) return [{ path, read: readFile(await node.file()) }];
  const result = path ? [{ path, folder: true }] : [];
  for await (const child of node.children()) {
    result.push(...(await below(child, path ? `${path}/${child.name}` : child.name)));
  }
  return result;
}

// A drop's items are gone after the event, so both forms are taken at once.
function taken(item) {
  const entry = item.webkitGetAsEntry();
  const handle = item.getAsFileSystemHandle?.();
  return async () => ((await handle) ? ofHandle(await handle) : ofEntry(entry));
}

async function dropped(items) {
  const nodes = await Promise.all(items.map(item => item()));
  if (nodes.length === 1 && nodes[0].folder) return below(nodes[0], "");
  return (await Promise.all(nodes.map(node => below(node, node.name)))).flat();
}

function chosen(files) {
  const path = file => file.webkitRelativePath.split("/").slice(1).join("/");
  const entries = Array.from(files, file => ({ path: path(file), read: readFile(file) }));
  const folders = new Set(entries.flatMap(entry => parents(entry.path)));
  return [...entries, ...Array.from(folders, folder => ({ path: folder, folder: true }))];
}

// The page.

const part = id => document.getElementById(id);

function sayVerdict({ findings, files, seal: known }) {
  const counts = ["changed", "missing", "added"].map(kind => [
    kind,
    findings.filter(one => one.finding === kind).length,
  ]);
  const said = counts.filter(([, count]) => count).map(([kind, count]) => `${count} ${kind}`);
  const litterCount = findings.filter(one => one.finding === "litter").length;
  part("verdict").className = said.length ? "bad" : "good";
  part("verdict").textContent = said.length
    ? `✗ This folder differs from its manifest: ${said.join(", ")}.`
    : `✓ No difference: all ${files - litterCount} files are as the manifest says.`;
  if (litterCount) {
    part("verdict").textContent += ` Files of a file manager or an office program: ${litterCount}.`;
  }
  part("rows").replaceChildren(
    ...findings.map(({ path, finding: kind, detail }) => {
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = path;
      row.append(head);
      for (const text of [kind, detail]) row.insertCell().textContent = text;
      return row;
    }),
  );
  part("findings").hidden = !findings.length;
  part("seal").textContent = known ?? "";
  part("sealed").hidden = !known;
}

async function run(gather) {
  part("verdict").className = "";
  part("verdict").textContent = "Checking …";
  part("findings").hidden = part("sealed").hidden = true;
  try {
    const entries = await gather();
    const files = entries.filter(entry => !entry.folder).length;
    part("progress").max = files || 1;
    part("progress").hidden = false;
    sayVerdict(await check(entries, number => { part("progress").value = number; }));
  } catch (error) {
    part("verdict").className = "bad";
    part("verdict").textContent =
      `The folder cannot be read (${error.message ?? error}). Choose it instead of dropping it.`;
  } finally {
    part("progress").hidden = true;
  }
}

part("scriptless").hidden = true;
if (globalThis.crypto?.subtle) {
  const area = part("area");
  document.addEventListener("dragover", event => {
    event.preventDefault();
    area.classList.add("over");
  });
  document.addEventListener("dragleave", () => area.classList.remove("over"));
  document.addEventListener("drop", event => {
    event.preventDefault();
    area.classList.remove("over");
    const items = Array.from(event.dataTransfer.items).filter(item => item.kind === "file");
    const nodes = items.map(taken);
    if (nodes.length) run(() => dropped(nodes));
  });
  part("folder").addEventListener("change", event => {
    const files = Array.from(event.target.files);
    event.target.value = "";
    run(async () => chosen(files));
  });
} else {
  part("area").hidden = true;
  part("unable").hidden = false;
}
