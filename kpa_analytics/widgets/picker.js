// Native <details> and checkboxes: the keyboard and screen readers know them already.
function render({ model, el }) {
  el.classList.add("kpa-picker");
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
  const button = make("summary", "kpa-picker-button");
  button.setAttribute("aria-labelledby", `${id} ${id}-now`);
  button.title = model.get("hint");
  const now = make("span", "kpa-picker-now");
  now.id = `${id}-now`;
  button.append(now);
  const sheet = make("div", "kpa-picker-sheet");
  const search = make("input", "kpa-picker-search");
  search.type = "search";
  search.placeholder = "Search…";
  search.setAttribute("aria-label", `Search ${model.get("label").toLowerCase()}`);
  const clear = make("button", "kpa-picker-clear", "Clear");
  clear.type = "button";
  const top = make("div", "kpa-picker-top");
  top.append(search, clear);
  const list = make("div", "kpa-picker-list");
  list.setAttribute("role", "group");
  list.setAttribute("aria-labelledby", id);
  const none = make("div", "kpa-picker-none", "Nothing found");
  sheet.append(top, list, none);
  fold.append(button, sheet);
  el.replaceChildren(label, fold);

  const choose = (value) => {
    model.set("value", value);
    model.save_changes();
  };

  const build = () => {
    list.replaceChildren(...model.get("options").map(([key, words]) => {
      const row = make("label", "kpa-picker-row");
      const box = make("input");
      box.type = "checkbox";
      box.addEventListener("change", () => {
        const rest = model.get("value").filter((one) => one !== key);
        choose(box.checked ? [...rest, key] : rest);
      });
      row.append(box, make("span", "", words));
      row.dataset.words = words.toLowerCase();
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
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of list.children) {
      row.hidden = !wanted.every((word) => row.dataset.words.includes(word));
      if (!row.hidden) shown += 1;
    }
    none.hidden = shown > 0;
  };

  const close = (event) => {
    if (fold.open && !el.contains(event.target)) fold.open = false;
  };
  search.addEventListener("input", filter);
  clear.addEventListener("click", () => choose([]));
  el.addEventListener("keydown", (event) => {
    // The notebook has keys of its own: A, B, X ... must not reach it from here.
    event.stopPropagation();
    if (event.key === "Escape" && fold.open) {
      fold.open = false;
      button.focus();
    }
  });
  fold.addEventListener("toggle", () => {
    if (fold.open && !search.hidden) search.focus();
  });
  document.addEventListener("pointerdown", close, true);
  model.on("change:options", build);
  model.on("change:value", mark);
  build();
  return () => {
    document.removeEventListener("pointerdown", close, true);
    model.off("change:options", build);
    model.off("change:value", mark);
  };
}
export default { render };
