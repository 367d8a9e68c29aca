// <desk-keys>: one key for each thing that is done often. Never while someone is typing, never with Ctrl, Alt or ⌘.
class DeskKeys extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", this);
    document.addEventListener("click", this);
    for (const button of document.querySelectorAll("[data-opens]")) button.hidden = false;
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
    document.removeEventListener("click", this);
  }

  handleEvent(event) {
    if (event.type === "click") {
      if (event.target.closest("[data-opens=keys]")) this.querySelector("dialog").showModal();
    } else if (event.key === "Escape" && isTyping(event.target)) {
      event.target.blur();
    } else if (!event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
      this.press(event);
    }
  }

  press(event) {
    const act = KEYS[event.key];
    if (!act || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act(this);
  }
}

function isTyping(element) {
  return element.matches?.("input, textarea, select, [contenteditable]");
}

function step(by) {
  const rows = [...document.querySelectorAll("#rows .row")];
  const here = rows.findIndex((row) => row === document.activeElement || row.parentElement.contains(document.activeElement));
  const from = here >= 0 ? here : rows.findIndex((row) => row.getAttribute("aria-current"));
  const next = rows[Math.min(Math.max(from + by, 0), rows.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function compose(mode) {
  document.dispatchEvent(new CustomEvent("composer:open", { detail: mode }));
}

function choose() {
  if (!document.getElementById("assignee")?.offsetParent) location.hash = "customer";
  document.getElementById("assignee")?.focus();
}

function find() {
  const field = [...document.querySelectorAll("input[type=search]")].find((each) => each.offsetParent);
  field?.focus();
  field?.select();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  r: () => compose("reply"),
  n: () => compose("note"),
  a: choose,
  e: () => document.querySelector("[data-key-e]")?.requestSubmit(),
  "/": find,
  "?": (keys) => keys.querySelector("dialog").showModal(),
};

customElements.define("desk-keys", DeskKeys);
