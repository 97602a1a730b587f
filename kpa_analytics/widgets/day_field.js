// A day as people write it, e.g. 30 Jun 2026, in every browser: a field of the type "date" follows the
// computer's language. The text is read on Enter, when the reader leaves the field, and after a pause if
// it is a complete date. A day from the calendar is taken at once. Any other text is refused, and the
// field shows its day again.
const TYPING_WAIT = 1000; // milliseconds
const STEPPING_WAIT = 300;
const MONTHS = [
  "January", "February", "March", "April", "May", "June", "July",
  "August", "September", "October", "November", "December",
];
const FORMS = [
  /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/,
  /^(?<day>\d{1,2})[ -](?<month>[a-z]{3,})[ -](?<year>\d{4})$/,
  /^(?<month>[a-z]{3,}) (?<day>\d{1,2})[ ,]+(?<year>\d{4})$/,
];
const STEPS = { ArrowUp: [1, 0], ArrowDown: [-1, 0], PageUp: [0, 1], PageDown: [0, -1] };
const ICON = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 1.5v3M10.5 1.5v3"/></svg>';

const toIso = (date) => (Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 10));

function inWords(iso) {
  if (!iso) return "";
  const [year, month, day] = iso.split("-");
  return `${Number(day)} ${MONTHS[month - 1].slice(0, 3)} ${year}`;
}

// The ISO text of a date in the years 1000 to 9999, or nothing.
function read(text) {
  const words = text.trim().toLowerCase().replace(/\s+/g, " ");
  const found = FORMS.map((form) => form.exec(words)).find(Boolean);
  if (!found) return undefined;
  const { year, month, day } = found.groups;
  const named = MONTHS.findIndex((name) => name.toLowerCase().startsWith(month)) + 1;
  const iso = [year, String(named || month).padStart(2, "0"), day.padStart(2, "0")].join("-");
  return year >= "1000" && toIso(new Date(iso)) === iso ? iso : undefined;
}

function moved(iso, [days, months]) {
  const date = new Date(iso);
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + months);
  if (date.getUTCDate() !== day) date.setUTCDate(0); // the month is shorter: its last day
  date.setUTCDate(date.getUTCDate() + days);
  return toIso(date);
}

function make(label, hint) {
  const id = `kpa-${Math.random().toString(36).slice(2)}`;
  const name = document.createElement("label");
  Object.assign(name, { className: "kpa-label", textContent: label, htmlFor: id });
  const input = document.createElement("input");
  Object.assign(input, {
    id, type: "text", title: `${hint}, such as 30 Jun 2026 or 2026-06-30`, placeholder: "30 Jun 2026", autocomplete: "off", spellcheck: false,
  });
  const button = document.createElement("button");
  const choose = `Choose ${label} from a calendar`;
  Object.assign(button, { type: "button", title: choose, ariaLabel: choose, innerHTML: ICON });
  const calendar = document.createElement("input"); // invisible; it only opens the browser's calendar
  Object.assign(calendar, {
    type: "date", min: "1000-01-01", max: "9999-12-31", tabIndex: -1, ariaHidden: "true",
  });
  const field = document.createElement("div");
  field.className = "kpa-day-field";
  field.append(input, button, calendar);
  return { name, field, input, button, calendar };
}

function render({ model, el }) {
  el.classList.add("kpa-control", "kpa-day");
  const { name, field, input, button, calendar } = make(model.get("label"), model.get("hint"));
  el.replaceChildren(name, field);

  let typing = false;
  let sent; // during a pause in typing
  let pause;
  const show = () => {
    if (!typing) input.value = inWords(model.get("value"));
  };
  const stop = () => {
    clearTimeout(pause);
    typing = false;
    sent = undefined;
  };
  const later = (work, wait) => {
    clearTimeout(pause);
    typing = true;
    pause = setTimeout(work, wait);
  };
  const send = (value) => {
    if (value === model.get("value")) return;
    model.set("value", value);
    model.save_changes();
  };
  const pauseTyping = () => {
    const day = read(input.value);
    if (!day) return;
    sent = day;
    send(day);
  };
  const finish = () => {
    const text = input.value.trim();
    const day = read(text);
    // shown or sent already; if Python refused it, the earlier day comes back
    const isDone = text === inWords(model.get("value")) || (day && day === sent);
    const isTypedAgain = typing && day && day === model.get("value");
    stop();
    if (!isDone && text && !day) model.send({ refused: text });
    else if (isTypedAgain) model.send({ unchanged: true });
    else if (!isDone) send(day ?? null);
    show();
  };
  const step = (by) => {
    const from = read(input.value) ?? model.get("value");
    const day = from && read(moved(from, by));
    if (!day) return;
    input.value = inWords(day);
    later(finish, STEPPING_WAIT);
  };

  el.addEventListener("keydown", (event) => event.stopPropagation()); // in a notebook, letters are shortcuts
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") finish();
    else if (event.key === "Escape") {
      stop();
      show();
    } else if (STEPS[event.key]) {
      step(STEPS[event.key]);
      event.preventDefault();
    }
  });
  input.addEventListener("input", () => later(pauseTyping, TYPING_WAIT));
  input.addEventListener("blur", finish);
  button.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps the focus
  button.addEventListener("click", () => {
    if (!read(input.value)) {
      stop();
      show();
    }
    calendar.value = read(input.value) ?? "";
    try {
      calendar.showPicker();
    } catch { // an older browser, or a page in a frame of another site
      button.remove();
      input.focus();
    }
  });
  calendar.addEventListener("change", () => {
    const day = calendar.value ? read(calendar.value) : null;
    stop();
    if (day !== undefined) send(day);
    show();
  });
  model.on("change:value", show);
  show();
  return () => {
    clearTimeout(pause);
    model.off("change:value", show);
  };
}
export default { render };
