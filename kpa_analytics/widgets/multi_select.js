// Letters that Unicode does not decompose, and the plain letters that people type for them.
const PLAIN = {
  ł: "l", ø: "o", đ: "d", ð: "d", ı: "i", ħ: "h", ŧ: "t", ŋ: "n", ĸ: "k",
  ß: "ss", æ: "ae", œ: "oe", þ: "th", ς: "σ",
  "‘": "'", "’": "'", "ʼ": "'", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-",
};
const PLAINER = new RegExp(`[${Object.keys(PLAIN).join("")}]`, "g");

// Text for searching: without accents, in lower case. folding.py does the same.
export const folded = (text) =>
  text.normalize("NFKD").replace(/[\p{Mn}\p{Cf}]/gu, "").toLowerCase()
    .replace(PLAINER, (letter) => PLAIN[letter]);

// Native <details> and checkboxes: they work with the keyboard and screen readers.
function render({ model, el }) {
  el.classList.add("kpa-multi-select");
  const id = `kpa-${Math.random().toString(36).slice(2)}`;
  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const label = make("span", "kpa-label", model.get("label"));
  label.id = id;
  const fold = make("details");
  const button = make("summary", "kpa-multi-select-button");
  button.setAttribute("aria-labelledby", `${id} ${id}-now`);
  button.title = model.get("hint");
  const now = make("span", "kpa-multi-select-now");
  now.id = `${id}-now`;
  button.append(now);
  const sheet = make("div", "kpa-multi-select-sheet");
  // A popover is above the page, so a container that hides overflow cannot cut it.
  sheet.popover = "manual";
  const search = make("input", "kpa-multi-select-search");
  search.type = "search";
  search.placeholder = "Search…";
  search.setAttribute("aria-label", `Search ${model.get("label").toLowerCase()}`);
  const clear = make("button", "kpa-multi-select-clear", "Clear");
  clear.type = "button";
  const top = make("div", "kpa-multi-select-top");
  top.append(search, clear);
  const list = make("div", "kpa-multi-select-list");
  list.setAttribute("role", "group");
  list.setAttribute("aria-labelledby", id);
  const none = make("div", "kpa-multi-select-none", "Nothing found");
  sheet.append(top, list, none);
  fold.append(button, sheet);
  el.replaceChildren(label, fold);

  const choose = (value) => {
    model.set("value", value);
    model.save_changes();
  };

  const build = () => {
    list.replaceChildren(...model.get("options").map(([key, words]) => {
      const row = make("label", "kpa-multi-select-row");
      const box = make("input");
      box.type = "checkbox";
      box.addEventListener("change", () => {
        const rest = model.get("value").filter((one) => one !== key);
        choose(box.checked ? [...rest, key] : rest);
      });
      row.append(box, make("span", "", words));
      row.dataset.words = folded(words);
      row.kpaKey = key;
      return row;
    }));
    search.hidden = model.get("options").length < 8;
    mark();
    filter();
  };

  const mark = () => {
    const chosen = new Set(model.get("value"));
    for (const row of list.children) row.firstChild.checked = chosen.has(row.kpaKey);
    const words = model.get("options").filter(([key]) => chosen.has(key)).map(([, text]) => text);
    now.textContent =
      words.length === 0 ? model.get("every")
      : words.length === 1 ? words[0]
      : `${words.length} of ${model.get("options").length} chosen`;
    button.classList.toggle("kpa-chosen", words.length > 0);
    clear.disabled = words.length === 0;
  };

  const filter = () => {
    const wanted = folded(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of list.children) {
      row.hidden = !wanted.every((word) => row.dataset.words.includes(word));
      if (!row.hidden) shown += 1;
    }
    none.hidden = shown > 0;
    place();
  };

  // Below the button, or above it if there is more room, but always inside the window.
  const place = () => {
    if (!fold.open) return;
    const { left, top, bottom } = button.getBoundingClientRect();
    const below = innerHeight - bottom >= Math.min(sheet.offsetHeight, top);
    const room = (below ? innerHeight - bottom : top) - 12;
    list.style.maxHeight = `${Math.max(80, Math.min(240, room - 60))}px`;
    const right = document.documentElement.clientWidth - sheet.offsetWidth - 4;
    sheet.style.left = `${Math.max(4, Math.min(left, right))}px`;
    sheet.style.top = `${below ? bottom + 3 : top - 3 - sheet.offsetHeight}px`;
  };

  const close = (event) => {
    if (fold.open && !el.contains(event.target)) fold.open = false;
  };
  search.addEventListener("input", filter);
  clear.addEventListener("click", () => choose([]));
  el.addEventListener("keydown", (event) => {
    // Keys such as A, B and X are notebook shortcuts, and must not reach the notebook.
    event.stopPropagation();
    if (event.key === "Escape" && fold.open) {
      fold.open = false;
      button.focus();
    }
  });
  fold.addEventListener("toggle", () => {
    if (!sheet.isConnected) return;
    sheet.togglePopover?.(fold.open);
    place();
    if (fold.open && !search.hidden) search.focus();
  });
  document.addEventListener("pointerdown", close, true);
  document.addEventListener("scroll", place, true);
  window.addEventListener("resize", place);
  model.on("change:options", build);
  model.on("change:value", mark);
  build();
  return () => {
    document.removeEventListener("pointerdown", close, true);
    document.removeEventListener("scroll", place, true);
    window.removeEventListener("resize", place);
    model.off("change:options", build);
    model.off("change:value", mark);
  };
}
export default { render };
