// Rows arrive a page at a time. Python sorts all rows and selects the page.
const FIGURES = new Intl.NumberFormat("en");

function render({ model, el }) {
  el.classList.add("kpa-table");
  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const frame = make("div", "kpa-table-frame");
  frame.tabIndex = 0;
  const table = make("table");
  const caption = make("caption");
  const head = make("thead");
  const body = make("tbody");
  table.append(caption, head, body);
  frame.append(table);
  const foot = make("div", "kpa-table-foot");
  const status = make("span");
  status.setAttribute("aria-live", "polite");
  const back = make("button", "", "Previous");
  const on = make("button", "", "Next");
  back.type = on.type = "button";
  foot.append(status, back, on);
  el.replaceChildren(frame, foot);

  const send = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };

  const headings = () => {
    const [by = null, descending = false] = model.get("sort");
    const row = make("tr");
    for (const { column, words, kind } of model.get("columns")) {
      const cell = make("th", `kpa-${kind}`);
      cell.scope = "col";
      const sorted = column === by;
      cell.setAttribute("aria-sort", !sorted ? "none" : descending ? "descending" : "ascending");
      const button = make("button", "", words);
      button.type = "button";
      button.title = `Sort by ${words.toLowerCase()}. A third click restores the order.`;
      button.append(make("span", "kpa-arrow", !sorted ? "" : descending ? "▼" : "▲"));
      button.addEventListener("click", () =>
        send("sort", sorted && descending ? model.get("usual") : [column, sorted]));
      cell.append(button);
      row.append(cell);
    }
    const held = head.contains(document.activeElement)
      ? [...head.querySelectorAll("button")].indexOf(document.activeElement) : -1;
    head.replaceChildren(row);
    if (held >= 0) head.querySelectorAll("button")[held]?.focus();
  };

  const cellOf = (value, kind) => {
    const cell = make("td", `kpa-${kind}`);
    if (value === null || value === undefined) cell.append(make("span", "kpa-nothing", "–"));
    else cell.textContent = kind === "number" && typeof value === "number" ? FIGURES.format(value) : String(value);
    return cell;
  };

  const rows = () => {
    const kinds = model.get("columns").map(({ kind }) => kind);
    const start = model.get("start");
    body.replaceChildren(...JSON.parse(model.get("rows")).map((values, place) => {
      const row = make("tr");
      row.append(...values.map((value, at) => cellOf(value, kinds[at])));
      if (model.get("choosable")) {
        const button = make("button", "kpa-row-button");
        button.type = "button";
        row.title = model.get("hint");
        row.classList.add("kpa-row-choosable");
        button.append(...row.firstChild.childNodes);
        row.firstChild.append(button);
        row.addEventListener("click", (event) => {
          const marked = getSelection();
          const copies = !marked.isCollapsed && row.contains(marked.anchorNode);
          if (copies && !button.contains(event.target)) return;
          send("chosen", model.get("chosen") === start + place ? -1 : start + place);
        });
      }
      return row;
    }));
    const total = model.get("total");
    const last = Math.min(start + model.get("page"), total);
    status.textContent =
      total === 0 ? "No rows"
      : total <= model.get("page") ? `${FIGURES.format(total)} ${total === 1 ? "row" : "rows"}`
      : `Rows ${FIGURES.format(start + 1)} to ${FIGURES.format(last)} of ${FIGURES.format(total)}; `
        + `${FIGURES.format(total - last)} more`;
    back.disabled = start === 0;
    on.disabled = last >= total;
    back.hidden = on.hidden = total <= model.get("page");
    caption.textContent = model.get("caption");
    frame.setAttribute("aria-label", model.get("caption"));
    frame.scrollTop = 0;
    mark();
  };

  const mark = () => {
    const at = model.get("chosen") - model.get("start");
    [...body.children].forEach((row, place) => {
      row.classList.toggle("kpa-row-chosen", place === at);
      row.querySelector(".kpa-row-button")?.setAttribute("aria-pressed", String(place === at));
    });
  };

  back.addEventListener("click", () => send("start", Math.max(0, model.get("start") - model.get("page"))));
  on.addEventListener("click", () => send("start", model.get("start") + model.get("page")));
  el.addEventListener("keydown", (event) => event.stopPropagation());
  const all = () => { headings(); rows(); };
  const changes = "change:rows change:total change:caption change:start";
  model.on(changes, rows);
  model.on("change:sort change:columns", all);
  model.on("change:chosen", mark);
  all();
  const theme = () => {
    const dark = document.body.dataset.jpThemeLight === "false";
    if (dark !== model.get("dark")) send("dark", dark);
  };
  const watch = new MutationObserver(theme);
  watch.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  theme();
  return () => {
    watch.disconnect();
    model.off(changes, rows);
    model.off("change:sort change:columns", all);
    model.off("change:chosen", mark);
  };
}
export default { render };
