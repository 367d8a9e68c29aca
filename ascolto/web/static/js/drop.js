// <drop-menu>: a <details> that closes again: on Escape, on a click elsewhere, when the focus goes on.
class DropMenu extends HTMLElement {
  connectedCallback() {
    this.details = this.querySelector("details");
    document.addEventListener("click", this);
    this.addEventListener("keydown", this);
    this.addEventListener("focusout", this);
  }

  disconnectedCallback() {
    document.removeEventListener("click", this);
  }

  handleEvent(event) {
    if (event.type === "keydown" && event.key !== "Escape") return;
    if (event.type === "click" && this.querySelector("summary").contains(event.target)) return;
    if (event.type === "focusout" && (!event.relatedTarget || this.contains(event.relatedTarget))) return;
    const hadFocus = this.details.contains(document.activeElement);
    this.details.open = false;
    if (event.type === "keydown" && hadFocus) this.querySelector("summary").focus();
  }
}

customElements.define("drop-menu", DropMenu);
