// <also-here>: who else looks at this conversation or writes in it, before two people answer the same thing.
class AlsoHere extends HTMLElement {
  connectedCallback() {
    document.addEventListener("desk:presence", this);
  }

  disconnectedCallback() {
    document.removeEventListener("desk:presence", this);
  }

  handleEvent({ detail: { conversation, watching } }) {
    if (conversation !== this.dataset.id) return;
    const others = watching.filter((each) => each.id !== this.dataset.user);
    const writing = others.filter((each) => each.is_typing);
    const shown = writing.length ? writing : others;
    const words = this.dataset[(shown.length > 1 ? "many" : "one") + (writing.length ? "Writing" : "Looking")];
    this.firstElementChild.textContent = words.replace("{names}", shown.map((each) => each.name).join(", "));
    this.toggleAttribute("data-writes", writing.length > 0);
    this.hidden = !shown.length;
  }
}

customElements.define("also-here", AlsoHere);
