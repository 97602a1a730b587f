// The bars, cells and points of a drawing by keyboard. One of them is in the order of the Tab key, the
// arrow keys move between them, and Enter and Space click. A screen reader says each one's text.
const KINDS = ["bar", "point", "rect mark"].map((kind) => `[aria-roledescription="${kind}"]`);
const MARKS = `svg.marks :is(${KINDS.join(", ")})[aria-label]`;

// Rows of marks from top to bottom: two marks are in one row if their heights overlap.
function rowsOf(marks) {
  const places = marks.map((mark) => ({ mark, ...mark.getBoundingClientRect().toJSON() }));
  places.sort((a, b) => a.top - b.top);
  const rows = [];
  let low = -Infinity;
  for (const place of places) {
    if (place.top >= low) rows.push([]);
    rows.at(-1).push(place);
    low = Math.max(low, place.bottom);
  }
  // In a row from left to right, and in a stack from its foot to its top.
  for (const row of rows) row.sort((a, b) => a.left - b.left || b.bottom - a.bottom);
  return rows;
}

// Where an arrow key goes from a mark.
function next(rows, mark, key) {
  const all = rows.flat();
  const at = all.findIndex((place) => place.mark === mark);
  const from = all[at];
  const down = key === "ArrowDown";
  switch (key) {
    case "Home": return all[0];
    case "End": return all.at(-1);
    case "ArrowLeft": return all[at - 1];
    case "ArrowRight": return all[at + 1];
  }
  const away = (place) => (down ? place.top - from.top : from.top - place.top);
  const over = all
    .filter((place) => place.left < from.right && place.right > from.left && away(place) > 0)
    .sort((a, b) => away(a) - away(b));
  const row = rows.findIndex((places) => places.includes(from));
  return over[0] ?? rows[row + (down ? 1 : -1)]?.[0];
}

// Labels of one kind: one of them is in the order of the Tab key, and arrow keys move between them.
function oneStop(list) {
  const labels = list();
  const reach = (label) => {
    for (const other of list()) other.setAttribute("tabindex", other === label ? "0" : "-1");
  };
  if (!labels.some((label) => label.getAttribute("tabindex") === "0")) reach(labels[0]);
  for (const label of labels) {
    label.onfocus = () => reach(label);
    label.onkeydown = (event) => {
      const all = list();
      const at = all.indexOf(label);
      const to = {
        ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1,
        Home: 0, End: all.length - 1,
      }[event.key];
      if (to === undefined) return;
      all[to]?.focus();
      event.preventDefault();
    };
  }
}

// Make the marks of a drawing reachable. Those that have all `fields` are buttons: a press sends
// the click that a mouse would send. Escape hides the tooltip and calls `clear`. Returns a function
// that marks the pressed ones.
function reachable(box, view, fields, clear) {
  const marks = [...box.querySelectorAll(MARKS)];
  const datum = (mark) => mark.__data__?.datum ?? {};
  const isButton = (mark) => fields.length > 0 && fields.every((field) => datum(mark)[field] !== undefined);
  const reach = (mark) => {
    for (const other of marks) other.setAttribute("tabindex", other === mark ? "0" : "-1");
  };
  const mouse = (kind, mark, more) => {
    const { left, top, width, height } = mark.getBoundingClientRect();
    const at = { clientX: left + width / 2, clientY: top + height / 2 };
    mark.dispatchEvent(new PointerEvent(kind, { bubbles: true, cancelable: true, view: window, ...at, ...more }));
  };
  for (const mark of marks) {
    mark.setAttribute("role", isButton(mark) ? "button" : "img");
    if (isButton(mark)) mark.setAttribute("aria-pressed", "false");
    mark.addEventListener("focus", () => {
      reach(mark);
      if (mark.matches(":focus-visible")) mouse("pointermove", mark); // shows its tooltip
    });
    mark.addEventListener("blur", () => mouse("mouseout", mark));
  }
  reach(marks[0]);
  requestAnimationFrame(() => { // when the page is laid out
    if (!marks.includes(document.activeElement)) reach(rowsOf(marks)[0]?.[0].mark);
  });
  box.addEventListener("keydown", (event) => {
    const mark = event.target;
    if (!marks.includes(mark)) return;
    if (event.key === "Escape") {
      mouse("mouseout", mark); // hides its tooltip
      clear();
    } else if (event.key === "Enter" || event.key === " ") {
      const pressed = mark.getAttribute("aria-pressed") === "true";
      if (isButton(mark)) mouse("click", mark, { shiftKey: event.shiftKey || pressed });
    } else if (/^(Arrow|Home$|End$)/.test(event.key)) next(rowsOf(marks), mark, event.key)?.mark.focus();
    else return;
    event.preventDefault();
  });
  // In a chart that zooms, Vega keeps the mouse from giving the keyboard to what is clicked.
  box.addEventListener("click", ({ target }) => {
    target.closest("svg.marks [tabindex]")?.focus({ preventScroll: true });
  }, true);
  // A number in a bar lies on it: a click on the number selects the bar, which gets the keyboard.
  box.addEventListener("click", ({ target }) => {
    const number = target.__data__?.datum;
    if (!number || !fields.length || marks.includes(target)) return;
    marks.find((mark) => isButton(mark) && fields.every((field) => number[field] !== undefined
      && number[field]?.valueOf() === datum(mark)[field]?.valueOf()))?.focus({ preventScroll: true });
  });
  return () => {
    const picked = fields.length ? view.data("pick_store") : [];
    for (const mark of marks.filter(isButton)) {
      const pressed = picked.some((bar) => bar.fields.every(
        ({ field }, at) => bar.values[at]?.valueOf() === datum(mark)[field]?.valueOf()));
      mark.setAttribute("aria-pressed", String(pressed));
    }
  };
}
