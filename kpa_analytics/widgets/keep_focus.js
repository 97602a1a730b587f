// Keeps the keyboard in an explorer. A browser takes the focus from a button that is disabled, such as
// Reset once the view is the first one; then the next part that can have the focus gets it. Notebook 7
// reads its shortcuts (A, B, arrow keys) before an explorer can stop them, so each part that has the
// focus has the attribute that turns them off.
const FOCUSABLE = ":is(button, input, select, summary, [tabindex='0']):not(:disabled)";

function keepFocus(explorerNow) {
  let explorer;
  let last; // the part of the explorer that had the focus last
  const near = (part) => {
    const all = [...explorer.querySelectorAll(FOCUSABLE)].filter((other) => other.checkVisibility());
    const beside = all.filter((other) => other.parentElement === part.parentElement);
    const follows = (other) => part.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    return beside.find(follows) ?? beside.at(-1) ?? all.find(follows) ?? all.at(-1);
  };
  const watch = new MutationObserver((changes) => {
    const lost = changes.some(({ target }) => target === last && target.disabled);
    if (lost && [last, document.body, null].includes(document.activeElement)) near(last)?.focus();
  });
  const note = ({ target }) => {
    const now = explorerNow();
    last = now?.contains(target) ? target : undefined;
    if (!last) return;
    last.dataset.lmSuppressShortcuts = "true";
    if (now === explorer) return;
    explorer = now;
    watch.disconnect();
    watch.observe(explorer, { attributeFilter: ["disabled"], subtree: true });
  };
  document.addEventListener("focusin", note);
  return () => {
    document.removeEventListener("focusin", note);
    watch.disconnect();
  };
}
