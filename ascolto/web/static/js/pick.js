// <field-pick>: a select that is saved once: chosen with the pointer, with Enter, or by leaving it. Escape brings back what was.
class FieldPick extends HTMLElement {
  connectedCallback() {
    this.select = this.querySelector("select");
    this.form = this.closest("form");
    this.saved = this.select.value;
    for (const name of EVENTS) this.addEventListener(name, this);
    this.form.addEventListener("htmx:afterRequest", this);
  }

  handleEvent(event) {
    if (event.type === "keydown" || event.type === "keypress") this.press(event);
    else if (event.type === "change") this.changed();
    else if (event.type === "focusout") this.save();
    else if (event.detail.elt === this.form && !event.detail.successful) this.restore();
  }

  // While a key is at work a change is a step on the way; a list that was opened changes outside of it, once.
  press(event) {
    if (event.key === "Enter" || event.key === "Escape") return this.finish(event);
    this.isStepping = true;
    return setTimeout(() => { this.isStepping = false; });
  }

  finish(event) {
    if (event.type !== "keydown") return;
    event.preventDefault();
    if (event.key === "Enter") this.save(); else this.restore();
    this.leave();
  }

  changed() {
    if (!this.isStepping) { this.save(); this.leave(); }
    this.say();
  }

  save() {
    if (this.select.value === this.saved) return;
    this.former = this.saved;
    this.saved = this.select.value; // leaving the field now does not save it again
    this.form.requestSubmit();
    this.say();
  }

  restore() {
    this.saved = this.former ?? this.saved;
    this.former = undefined;
    this.select.value = this.saved;
    this.say();
  }

  // The keys of the desk work again.
  leave() {
    document.getElementById("thread-title")?.focus({ preventScroll: true });
    if (document.activeElement === this.select) this.select.blur();
  }

  say() {
    const hint = this.closest("[data-errors]").querySelector("[data-not-set]");
    hint.hidden = this.select.value === this.saved;
  }
}

const EVENTS = ["keydown", "keypress", "change", "focusout"];
customElements.define("field-pick", FieldPick);
