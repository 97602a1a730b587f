// Letters that Unicode does not decompose, and the plain letters that people type for them.
const PLAIN = {
  ł: "l", ø: "o", đ: "d", ð: "d", ı: "i", ħ: "h", ŧ: "t", ŋ: "n", ĸ: "k",
  ß: "ss", æ: "ae", œ: "oe", þ: "th", ς: "σ",
  "‘": "'", "’": "'", "ʼ": "'", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-",
};
const PLAINER = new RegExp(`[${Object.keys(PLAIN).join("")}]`, "g");

// Text for searching: without accents, in lower case. search_text.py does the same.
export const folded = (text) =>
  text.normalize("NFKD").replace(/[\p{Mn}\p{Cf}]/gu, "").toLowerCase()
    .replace(PLAINER, (letter) => PLAIN[letter]);

const MOST_CHIPS = 6;

// A native <details> with checkboxes, so that screen readers say what is open and what is checked.
function render({ model, el }) {
  el.classList.add("kpa-multi-select");
  const id = `kpa-${Math.random().toString(36).slice(2)}`;
  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    if (tag === "button") made.type = "button";
    return made;
  };

  const label = make("span", "kpa-label", model.get("label"));
  label.id = id;
  const fold = make("details");
  fold.name = "kpa-multi-select"; // the browser keeps only one of a name open
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
  const all = make("button", "kpa-multi-select-clear");
  const top = make("div", "kpa-multi-select-top");
  top.append(search, all, clear);
  const list = make("div", "kpa-multi-select-list");
  list.setAttribute("role", "group");
  list.setAttribute("aria-labelledby", id);
  const said = make("div", "kpa-multi-select-said");
  said.setAttribute("role", "status");
  sheet.append(top, list, said);
  fold.append(button, sheet);
  const chips = make("ul", "kpa-chips");
  chips.setAttribute("aria-label", `Chosen ${model.get("label").toLowerCase()}`);
  el.replaceChildren(label, fold, chips);

  const choose = (value) => {
    model.set("value", value);
    model.save_changes();
  };
  const without = (key) => model.get("value").filter((one) => one !== key);
  const found = () => [...list.children].filter((row) => !row.hidden);

  // One checkbox is in the order of the Tab key; the arrow keys move between them.
  const reach = (row) => {
    for (const other of list.children) other.firstChild.tabIndex = other === row ? 0 : -1;
  };
  const go = (row) => {
    reach(row);
    row.firstChild.focus();
  };

  const build = () => {
    const focused = list.contains(document.activeElement)
      ? document.activeElement.closest(".kpa-multi-select-row").kpaKey : undefined;
    list.replaceChildren(...model.get("options").map(([key, words]) => {
      const row = make("label", "kpa-multi-select-row");
      const box = make("input");
      box.type = "checkbox";
      box.addEventListener("change", () => {
        choose(box.checked ? [...without(key), key] : without(key));
      });
      row.append(box, make("span", "", words));
      row.dataset.words = folded(words);
      row.kpaKey = key;
      return row;
    }));
    search.hidden = model.get("options").length < 8;
    mark();
    filter();
    const again = found().find((row) => row.kpaKey === focused);
    if (again) go(again);
  };

  const mark = () => {
    const chosen = new Set(model.get("value"));
    for (const row of list.children) row.firstChild.checked = chosen.has(row.kpaKey);
    const options = model.get("options").filter(([key]) => chosen.has(key));
    now.textContent =
      options.length === 0 ? model.get("every")
      : options.length === 1 ? options[0][1]
      : `${options.length} of ${model.get("options").length} chosen`;
    button.classList.toggle("kpa-chosen", options.length > 0);
    clear.disabled = options.length === 0;
    showChips(options);
    tell();
  };

  // What is chosen, each with a button that removes it.
  const showChips = (options) => {
    const at = [...chips.children].indexOf(document.activeElement?.closest?.(".kpa-chip"));
    const shown = options.slice(0, MOST_CHIPS).map(([key, words]) => {
      const chip = make("li", "kpa-chip");
      const remove = make("button", "kpa-chip-remove", "×");
      remove.title = `Remove ${words}`;
      remove.setAttribute("aria-label", remove.title);
      remove.addEventListener("click", () => choose(without(key)));
      chip.append(make("span", "", words), remove);
      return chip;
    });
    if (options.length > MOST_CHIPS) {
      shown.push(make("li", "kpa-chip-more", `and ${options.length - MOST_CHIPS} more`));
    }
    chips.replaceChildren(...shown);
    chips.hidden = shown.length === 0;
    if (at >= 0) {
      const removes = chips.querySelectorAll("button");
      (removes[Math.min(at, removes.length - 1)] ?? button).focus();
    }
  };

  const filter = () => {
    const wanted = folded(search.value).split(/\s+/).filter(Boolean);
    for (const row of list.children) {
      row.hidden = !wanted.every((word) => row.dataset.words.includes(word));
    }
    all.textContent = wanted.length ? "Select all found" : "Select all";
    reach(found()[0]);
    tell();
    place();
  };

  const tell = () => {
    const rows = found();
    const many = model.get("options").length;
    const checked = rows.filter((row) => row.firstChild.checked).length;
    all.disabled = checked === rows.length;
    said.textContent = rows.length === 0 ? "Nothing found"
      : search.value.trim() ? `${rows.length} of ${many} found, ${checked} of them chosen`
      : `${checked} of ${many} chosen`;
  };

  // Below the button, or above it if there is more room, but always inside the window.
  const place = () => {
    if (!fold.open) return;
    const { left, top, bottom } = button.getBoundingClientRect();
    const below = innerHeight - bottom >= Math.min(sheet.offsetHeight, top);
    const room = (below ? innerHeight - bottom : top) - 12;
    const rest = sheet.offsetHeight - list.offsetHeight;
    list.style.maxHeight = `${Math.max(80, Math.min(240, room - rest))}px`;
    const right = document.documentElement.clientWidth - sheet.offsetWidth - 4;
    sheet.style.left = `${Math.max(4, Math.min(left, right))}px`;
    sheet.style.top = `${below ? bottom + 3 : top - 3 - sheet.offsetHeight}px`;
  };

  // Arrow keys, Home, End and Enter in the list and its search; letters go on with the search.
  const move = (event) => {
    const rows = found();
    const at = rows.indexOf(event.target.closest(".kpa-multi-select-row"));
    const typing = event.target === search;
    if (event.target === button) {
      if (event.key !== "ArrowDown" || fold.open) return false;
      fold.open = true;
    } else if (event.key === "Enter" && (at >= 0 || (typing && search.value.trim()))) {
      rows[Math.max(at, 0)]?.firstChild.click();
    } else if (event.key === "ArrowDown" && at < rows.length - 1) go(rows[at + 1]);
    else if (event.key === "ArrowUp" && at > 0) go(rows[at - 1]);
    else if (event.key === "ArrowUp" && at === 0 && !search.hidden) search.focus();
    else if (event.key === "Home" && at >= 0) go(rows[0]);
    else if (event.key === "End" && at >= 0) go(rows.at(-1));
    else if (at >= 0 && !search.hidden && /^[^\s]$/u.test(event.key)
      && !event.ctrlKey && !event.metaKey && !event.altKey) {
      search.focus(); // the letter goes there
      return false;
    } else return at >= 0 && event.key.startsWith("Arrow"); // at an end of the list
    return true;
  };

  const close = (event) => {
    if (fold.open && !el.contains(event.target)) fold.open = false;
  };
  // Only a key closes it so: JupyterLab takes the focus for a moment when a cell is clicked.
  const closeIfLeft = () => {
    if (fold.open && !fold.contains(document.activeElement)) fold.open = false;
  };
  search.addEventListener("input", filter);
  clear.addEventListener("click", () => {
    choose([]);
    (search.hidden ? found()[0]?.firstChild : search)?.focus();
  });
  all.addEventListener("click", () => {
    const keys = found().map((row) => row.kpaKey);
    choose([...new Set([...model.get("value"), ...keys])]);
    (search.hidden ? found()[0]?.firstChild : search)?.focus();
  });
  list.addEventListener("focusin", (event) => reach(event.target.closest(".kpa-multi-select-row")));
  el.addEventListener("keydown", (event) => {
    // Keys such as A, B and X are notebook shortcuts, and must not reach the notebook.
    event.stopPropagation();
    if (event.key === "Tab") requestAnimationFrame(closeIfLeft);
    if (event.key === "Escape" && fold.open) {
      fold.open = false;
      button.focus();
    } else if (move(event)) event.preventDefault();
  });
  fold.addEventListener("toggle", () => {
    if (!sheet.isConnected) return;
    sheet.togglePopover?.(fold.open);
    // Here, and not only on closing: the browser may tell of closing and opening at once.
    search.value = "";
    filter();
    if (!fold.open) return;
    const first = found()[0]?.firstChild;
    (search.hidden ? first : search)?.focus();
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
