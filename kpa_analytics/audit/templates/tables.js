// Search, filters and sorting for the tables of the report. Without scripts the tables show all rows.
const controls = JSON.parse(document.querySelector("main").dataset.controls);
const text = (cell) => cell.textContent.trim();
// A search finds Ramírez for "ramirez", as in the explorers.
function folded(words) {
  const bare = words.normalize("NFKD").replace(/[\p{Mn}\p{Cf}]/gu, "").toLowerCase();
  return Array.from(bare, (letter) => controls.plain[letter] ?? letter).join("");
}

// A whole day is one text, and "2 Jun 2026" is not within "12 Jun 2026".
const WORDS = /\d{1,2} [a-z]{3} \d{4}|\S+/g;
function has(words, word) {
  if (!word.includes(" ")) return words.includes(word);
  return words.includes(word) && words.split(word).slice(0, -1).some((before) => !/\d$/.test(before));
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// A day, a month or a number as a number, an empty cell as null, any other text as it is.
function sortable(shown) {
  if (shown === "\u2013") return null;
  const day = shown.match(/^(?:(\d{1,2}) )?(\S+) (\d{1,4})$/);
  const month = day ? controls.months.indexOf(day[2]) : -1;
  if (month >= 0) return (+day[3] * 12 + month) * 31 + +(day[1] ?? 0);
  return /^-?[\d,]+(\.\d+)?$/.test(shown) ? +shown.replaceAll(",", "") : shown;
}

function compare(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other), document.documentElement.lang, {numeric: true});
}

function equip(box) {
  const table = box.querySelector("table");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({row, cells: [...row.cells].map(text), words: folded([...row.cells].map(text).join(" "))}));
  if (rows.length < 8) return;
  const headings = [...table.tHead.rows[0].cells];
  const names = headings.map(text);
  const filters = [];
  const search = make("input", {type: "search"});
  const clear = make("button", {type: "button", textContent: controls.clear, hidden: true});
  const state = make("p", {className: "state"});
  state.setAttribute("role", "status");

  function update() {
    const wanted = folded(search.value).match(WORDS) ?? [];
    let shown = 0;
    for (const {row, cells, words} of rows) {
      row.hidden = !wanted.every((word) => has(words, word)) || filters.some(({place, choice}) => choice.value && cells[place] !== choice.value);
      shown += row.hidden ? 0 : 1;
    }
    const whole = shown === rows.length;
    clear.hidden = whole && !wanted.length;
    box.classList.toggle("filtered", !whole);
    state.textContent = (whole ? controls.every_row : controls.some_rows)
      .replace("{shown}", shown.toLocaleString(document.documentElement.lang)).replace("{all}", rows.length.toLocaleString(document.documentElement.lang));
  }

  headings.forEach((heading, place) => {
    const different = [...new Set(rows.map(({cells}) => cells[place]))];
    const groups = heading.matches(".text, .status, .flag") && different.length > 1 && different.length <= Math.min(500, rows.length * 0.6);
    if (groups) {
      const choice = make("select");
      choice.append(make("option", {value: "", label: controls.all}));
      choice.append(...different.sort(compare).map((value) => make("option", {value, label: value})));
      choice.addEventListener("change", update);
      filters.push({place, choice});
    }
    const button = make("button", {type: "button", textContent: names[place]});
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const keyed = rows.map((entry) => ({entry, key: sortable(entry.cells[place])}));
      // Rows without a value stay at the end in both directions.
      keyed.sort((one, other) => (one.key === null) - (other.key === null) || (down ? -1 : 1) * (one.key === null ? 0 : compare(one.key, other.key)));
      body.append(...keyed.map(({entry}) => entry.row));
    });
  });

  search.addEventListener("input", update);
  clear.addEventListener("click", () => {
    search.value = "";
    for (const {choice} of filters) choice.value = "";
    update();
    search.focus();
  });
  const tools = make("div", {className: "tools"}, make("label", {}, controls.search + " ", search));
  for (const {place, choice} of filters) tools.append(make("label", {}, names[place] + " ", choice));
  tools.append(clear, state);
  box.before(tools);
  update();
}

document.querySelectorAll(".scroll").forEach(equip);
