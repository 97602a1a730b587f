// Rows arrive a page at a time. Python sorts and filters all rows and selects the page.
const FIGURES = new Intl.NumberFormat("en");
const OUT = [
  ["csv", "CSV", "Download all rows in this order, with these columns, as CSV"],
  ["xlsx", "Excel", "Download all rows in this order, with these columns, as an Excel workbook"],
  ["clipboard", "Copy", "Copy all rows in this order, with these columns, to the clipboard"],
];
// The narrowest and the widest column, in pixels.
const [NARROW, WIDE] = [60, 600];
// What the keyboard reaches in the headings.
const REACHED = "button, input, [role=separator]";
const TEXTS = ["text", "person", "people", "status", "date"];

function render({ model, el }) {
  el.classList.add("kpa-table");
  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    if (tag === "button") made.type = "button";
    return made;
  };
  const frame = make("div", "kpa-table-frame");
  frame.tabIndex = 0;
  let scrolled = false; // to ask the frame would lay the page out
  frame.addEventListener("scroll", () => { scrolled = frame.scrollTop > 0; });
  const table = make("table");
  const caption = make("caption");
  const head = make("thead");
  const body = make("tbody");
  const nothing = make("p", "kpa-table-nothing");
  nothing.setAttribute("role", "status");
  table.append(caption, head, body);
  frame.append(table, nothing);
  const foot = make("div", "kpa-table-foot");
  const status = make("span");
  status.setAttribute("aria-live", "polite");
  const first = make("button", "", "First");
  const back = make("button", "", "Previous");
  const on = make("button", "", "Next");
  const final = make("button", "", "Last");
  const pages = make("div", "kpa-table-pages");
  pages.append(first, back, on, final);
  foot.append(status, pages);
  const tools = make("div", "kpa-table-tools");
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", "Columns and rows of the table");
  el.replaceChildren(tools, frame, foot);

  const send = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };

  // Columns: a list under a button; the browser closes it by Escape or by a click elsewhere.
  const columns = make("button", "", "Columns");
  columns.title = "Choose the columns";
  columns.setAttribute("aria-expanded", "false");
  const sheet = make("div", "kpa-columns");
  sheet.popover = "auto";
  sheet.setAttribute("role", "group");
  sheet.setAttribute("aria-label", "Columns shown");
  columns.popoverTargetElement = sheet;
  sheet.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    columns.setAttribute("aria-expanded", String(open));
    if (!open) return;
    const { left, bottom } = columns.getBoundingClientRect();
    const right = document.documentElement.clientWidth - sheet.offsetWidth - 4;
    const low = innerHeight - sheet.offsetHeight - 4;
    sheet.style.left = `${Math.max(4, Math.min(left, right))}px`;
    sheet.style.top = `${Math.max(4, Math.min(bottom + 3, low))}px`;
    sheet.querySelector("input")?.focus();
  });
  // What the reader has chosen, which the rows may not show yet.
  const wanted = () => {
    const names = model.get("all_columns").map(({ column }) => column);
    const picked = names.filter((column) => model.get("picked").includes(column));
    return picked.length ? picked : model.get("shown_columns").map(({ column }) => column);
  };
  const choices = () => {
    const now = wanted();
    sheet.replaceChildren(...model.get("all_columns").map(({ column, label }) => {
      const row = make("label", "kpa-multi-select-row");
      const box = make("input");
      box.type = "checkbox";
      box.checked = now.includes(column);
      box.disabled = now.length === 1 && box.checked;
      box.dataset.column = column;
      box.addEventListener("change", () => {
        const others = wanted().filter((one) => one !== column);
        send("picked", box.checked ? [...others, column] : others);
      });
      row.append(box, make("span", "", label));
      return row;
    }));
  };
  const chosenColumns = () => {
    const held = sheet.contains(document.activeElement) ? document.activeElement.dataset.column : null;
    choices();
    if (held) sheet.querySelector(`[data-column="${CSS.escape(held)}"]`)?.focus();
  };

  // Filters: a row of fields under the headings.
  let filtering = Object.keys(model.get("filters")).length > 0;
  const filter = make("button", "", "Filter");
  filter.title = "Show only the rows that contain a text, or a number between two limits";
  filter.addEventListener("click", () => {
    filtering = !filtering;
    if (!filtering && Object.keys(model.get("filters")).length) send("filters", {});
    headings();
    if (widths.size) layOut();
    if (filtering) head.querySelector("input")?.focus();
  });

  // Rows out: Python makes the file, and it comes through the widget's own channel.
  const said = make("span", "kpa-table-said");
  said.setAttribute("role", "status");
  let arrived = null;
  const ask = (kind) => new Promise((resolve, reject) => {
    arrived = { resolve, reject };
    model.send({ out: kind });
  });
  const rowsIn = (total) => `${FIGURES.format(total)} ${total === 1 ? "row" : "rows"}`;
  const save = ({ name, type, bytes }) => {
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    said.textContent = `Downloaded ${name}`;
  };
  const copy = async () => {
    const file = ask("clipboard");
    const text = file.then(({ bytes }) => new Blob([bytes], { type: "text/plain" }));
    // A promise keeps the permission that the click gives while Python writes the rows.
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
    said.textContent = `Copied ${rowsIn((await file).rows)}`;
  };
  const out = OUT.map(([kind, label, hint]) => {
    const button = make("button", "", label);
    button.title = hint;
    button.addEventListener("click", async () => {
      for (const one of out) one.disabled = true;
      said.textContent = "Writing…";
      try {
        if (kind === "clipboard") await copy();
        else save(await ask(kind));
      } catch (error) {
        said.textContent = kind === "clipboard" && !arrived?.failed
          ? "This browser does not allow copying here: use the CSV" : "Not written";
      }
      for (const one of out) one.disabled = model.get("total") === 0;
      button.focus();
    });
    return button;
  });
  const onMessage = (message, buffers) => {
    if (!arrived) return;
    if (message.failed) {
      arrived.failed = true;
      arrived.reject(new Error("failed"));
    } else if (message.name) arrived.resolve({ ...message, bytes: buffers[0] });
  };
  tools.append(columns, sheet, filter, ...out, said);

  // The width that the reader gave to a column stays when the headings are drawn again. As soon as
  // one column has such a width, each of the others keeps the width that its contents give it.
  const widths = new Map();
  let laidOut = true; // not while cells of earlier columns are below the headings
  const layOut = () => {
    laidOut = true;
    const cells = [...(head.rows[0]?.cells ?? [])];
    const fixed = cells.some(({ dataset }) => widths.has(dataset.column));
    table.classList.remove("kpa-table-fixed");
    table.style.width = "";
    for (const cell of cells) cell.style.width = "";
    if (!fixed) return;
    const each = cells.map((cell) => widths.get(cell.dataset.column) ?? cell.offsetWidth);
    cells.forEach((cell, at) => { cell.style.width = `${each[at]}px`; });
    table.style.width = `${each.reduce((sum, width) => sum + width, 0)}px`;
    table.classList.add("kpa-table-fixed");
  };
  let room = 0;
  const resized = new ResizeObserver(() => {
    if (room !== frame.clientWidth && widths.size) layOut();
    room = frame.clientWidth;
  });
  resized.observe(frame);
  const edge = (label, cell) => {
    const { column } = cell.dataset;
    const line = make("span", "kpa-column-edge");
    const tell = () => line.setAttribute("aria-valuenow", String(Math.max(cell.offsetWidth, NARROW)));
    const set = (pixels) => {
      if (pixels === null) widths.delete(column);
      else widths.set(column, Math.min(Math.max(pixels, NARROW), WIDE));
      layOut();
      tell();
    };
    line.tabIndex = 0;
    line.title = "Arrow keys change the width of the column, and Enter restores it";
    line.setAttribute("role", "separator");
    line.setAttribute("aria-orientation", "vertical");
    line.setAttribute("aria-label", `Width of ${label}`);
    line.setAttribute("aria-valuemin", String(NARROW));
    line.setAttribute("aria-valuemax", String(WIDE));
    tell();
    line.addEventListener("focus", tell);
    line.addEventListener("keydown", (event) => {
      const width = {
        ArrowLeft: cell.offsetWidth - 16,
        ArrowRight: cell.offsetWidth + 16,
        Home: NARROW,
        End: WIDE,
        Enter: null,
      }[event.key];
      if (width === undefined) return;
      event.preventDefault();
      set(width);
    });
    line.addEventListener("pointerdown", (event) => {
      const from = cell.offsetWidth - event.clientX;
      const drag = (moved) => set(from + moved.clientX);
      line.setPointerCapture(event.pointerId);
      line.addEventListener("pointermove", drag);
      line.addEventListener("lostpointercapture", () => line.removeEventListener("pointermove", drag), { once: true });
    });
    return line;
  };

  const headings = () => {
    const [by = null, descending = false] = model.get("sort");
    const active = head.contains(document.activeElement) ? document.activeElement : null;
    const place = [...head.querySelectorAll(REACHED)].indexOf(active);
    const row = make("tr");
    const below = make("tr", "kpa-table-filters");
    for (const { column, label, kind } of model.get("shown_columns")) {
      const cell = make("th", `kpa-${kind}`);
      cell.scope = "col";
      const sorted = column === by;
      cell.setAttribute("aria-sort", !sorted ? "none" : descending ? "descending" : "ascending");
      const button = make("button", "", label);
      button.title = `Sort by ${label.toLowerCase()}. A third click restores the order.`;
      button.append(make("span", "kpa-arrow", !sorted ? "" : descending ? "▼" : "▲"));
      button.addEventListener("click", () =>
        send("sort", sorted && descending ? model.get("initial_sort") : [column, sorted]));
      cell.dataset.column = column;
      cell.append(button, edge(label, cell));
      row.append(cell);
      below.append(field(column, label, kind, active));
    }
    head.replaceChildren(row, ...(filtering ? [below] : []));
    laidOut = false;
    if (active) (active.isConnected ? active : head.querySelectorAll(REACHED)[place])?.focus();
    filter.setAttribute("aria-pressed", String(filtering));
  };

  // A field stays the same when the headings are drawn again, so that what is being typed stays.
  const fields = new Map();
  const field = (column, label, kind, active) => {
    const cell = fields.get(column) ?? newField(column, label, kind);
    fields.set(column, cell);
    for (const input of cell.querySelectorAll("input")) if (input !== active) input.value = inForce(input);
    return cell;
  };

  // The text that a field shows: of the two fields for numbers, each has one of the limits.
  const inForce = ({ dataset: { column, limit } }) => {
    const filter = model.get("filters")[column];
    return String((limit ? filter?.[limit] : filter) ?? "");
  };
  const newInput = (label, properties, data) => {
    const input = Object.assign(make("input"), properties);
    Object.assign(input.dataset, data);
    input.setAttribute("aria-label", label);
    return input;
  };
  // A field for numbers would drop the minus sign and the commas of a number that the table shows.
  const asNumber = (event) => {
    const signed = (event.data ?? "").trim().replace("\u2212", "-");
    const plain = /^-?\d{1,3}(,\d{3})+$/.test(signed) ? signed.replaceAll(",", "") : signed;
    if (plain === (event.data ?? "")) return;
    event.preventDefault();
    document.execCommand("insertText", false, plain);
  };
  const newField = (column, label, kind) => {
    const cell = make("td");
    const numbers = kind === "number";
    const inputs = [];
    if (numbers) {
      const field = { type: "number", step: "any" };
      inputs.push(newInput(`${label} from`, { ...field, placeholder: "From" }, { column, limit: 0 }));
      inputs.push(newInput(`${label} to`, { ...field, placeholder: "To" }, { column, limit: 1 }));
    } else if (TEXTS.includes(kind)) {
      inputs.push(newInput(`${label} contains`, { type: "search", placeholder: "Contains…" }, { column }));
    }
    let waiting;
    const filterBy = () => {
      clearTimeout(waiting);
      const texts = inputs.map(({ value }) => value.trim());
      const half = inputs.some(({ validity }) => validity.badInput); // such as a minus sign alone
      if (half || inputs.every((input, at) => inForce(input).trim() === texts[at])) return;
      const { [column]: before, ...others } = model.get("filters");
      const wanted = numbers ? texts.map((text) => (text ? Number(text) : null)) : inputs[0].value;
      send("filters", texts.some(Boolean) ? { ...others, [column]: wanted } : others);
    };
    for (const input of inputs) {
      if (numbers) input.addEventListener("beforeinput", asNumber);
      input.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(filterBy, 200);
      });
      // Leaving a field changes it now: what is chosen next would show its text in force again.
      for (const left of ["change", "blur"]) input.addEventListener(left, filterBy);
    }
    cell.append(...inputs);
    return cell;
  };
  // Undo, reset and Python change the filters, too; a field that is being typed in stays.
  const filters = () => {
    const now = model.get("filters");
    if (Object.keys(now).length && !filtering) {
      filtering = true;
      headings();
      if (widths.size) layOut();
    }
    for (const text of head.querySelectorAll("input")) {
      if (text !== document.activeElement) text.value = inForce(text);
    }
  };

  const link = (name, person) => {
    const button = make("button", "kpa-person-button", String(name));
    button.title = "Open this person's training record";
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      model.send(person);
    });
    return button;
  };
  const cellOf = (value, { column, kind }, place) => {
    const named = { person: place, column };
    const cell = make("td", `kpa-${kind}`);
    if (value === null || value === undefined) cell.append(make("span", "kpa-nothing", "–"));
    else if (kind === "people") {
      value.forEach((name, at) => { // a name of usual length is on one line with its semicolon
        const part = make("span", String(name).length <= 30 ? "kpa-whole-name" : "");
        part.append(link(name, { ...named, at }), at < value.length - 1 ? ";" : "");
        cell.append(at ? " " : "", part);
      });
    } else if (kind === "person" && !Array.isArray(value)) { // a list: the name of nobody in the records
      cell.append(link(value, named));
    } else cell.textContent = kind === "number" && typeof value === "number" ? FIGURES.format(value).replace("-", "\u2212") : String(value);
    return cell;
  };

  // The button that chooses a row is in its first cell that does nothing else.
  const choosing = (row, place) => {
    const cell = [...row.cells].find((one) => !one.querySelector("button")) ?? row.insertCell();
    const button = make("button", "kpa-row-button");
    row.title = model.get("hint");
    row.classList.add("kpa-row-choosable");
    button.append(...cell.childNodes);
    if (!button.textContent) button.textContent = "Choose";
    cell.append(button);
    row.addEventListener("click", (event) => {
      const marked = getSelection();
      const copies = !marked.isCollapsed && row.contains(marked.anchorNode);
      if (copies && !button.contains(event.target)) return;
      send("chosen_row", model.get("chosen_row") === place ? -1 : place);
    });
  };

  const rows = () => {
    const headed = model.get("shown_columns");
    const start = model.get("first_shown");
    body.replaceChildren(...JSON.parse(model.get("rows")).map((values, at) => {
      const row = make("tr");
      row.append(...values.map((value, column) => cellOf(value, headed[column], start + at)));
      if (model.get("choosable")) choosing(row, start + at);
      return row;
    }));
    const total = model.get("total");
    const last = Math.min(start + model.get("page_size"), total);
    status.textContent =
      total === 0 ? "No rows"
      : total <= model.get("page_size") ? rowsIn(total)
      : `Rows ${FIGURES.format(start + 1)} to ${FIGURES.format(last)} of ${FIGURES.format(total)}`
        + (last < total ? `; ${FIGURES.format(total - last)} more` : "");
    first.disabled = back.disabled = start === 0;
    on.disabled = final.disabled = last >= total;
    for (const button of [first, back, on, final]) button.hidden = total <= model.get("page_size");
    for (const button of out) button.disabled = total === 0;
    if (!out.some((button) => button === document.activeElement)) said.textContent = "";
    nothing.textContent = model.get("empty_text");
    nothing.hidden = !nothing.textContent;
    caption.textContent = model.get("caption");
    frame.setAttribute("aria-label", model.get("caption"));
    if (widths.size && !laidOut) layOut();
    if (scrolled) frame.scrollTop = 0;
    mark();
  };

  const mark = () => {
    const at = model.get("chosen_row") - model.get("first_shown");
    [...body.children].forEach((row, place) => {
      row.classList.toggle("kpa-row-chosen", place === at);
      row.querySelector(".kpa-row-button")?.setAttribute("aria-pressed", String(place === at));
    });
  };

  const page = () => model.get("page_size");
  first.addEventListener("click", () => send("first_wanted", 0));
  back.addEventListener("click", () => send("first_wanted", Math.max(0, model.get("first_wanted") - page())));
  const end = () => Math.max(0, Math.ceil(model.get("total") / page()) - 1) * page();
  on.addEventListener("click", () => send("first_wanted", Math.min(model.get("first_wanted") + page(), end())));
  final.addEventListener("click", () => send("first_wanted", end()));
  el.addEventListener("keydown", (event) => event.stopPropagation());
  const heads = () => { headings(); chosenColumns(); };
  const ofHeadings = "change:sort change:shown_columns change:all_columns";
  const ofRows = "change:rows change:total change:caption change:first_shown change:empty_text";
  const changes = `${ofHeadings} ${ofRows}`;
  // Python changes several of them together, and each says so.
  let due = false;
  const soon = () => {
    if (due) return;
    due = true;
    queueMicrotask(() => { due = false; rows(); });
  };
  model.on(ofHeadings, heads);
  model.on(changes, soon);
  model.on("change:filters", filters);
  model.on("change:chosen_row", mark);
  model.on("msg:custom", onMessage);
  heads();
  rows();
  const theme = () => {
    const dark = document.body.dataset.jpThemeLight === "false";
    if (dark !== model.get("dark")) send("dark", dark);
  };
  const watch = new MutationObserver(theme);
  watch.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  theme();
  return () => {
    watch.disconnect();
    resized.disconnect();
    model.off(ofHeadings, heads);
    model.off(changes, soon);
    model.off("change:filters", filters);
    model.off("change:chosen_row", mark);
    model.off("msg:custom", onMessage);
  };
}
export default { render };
