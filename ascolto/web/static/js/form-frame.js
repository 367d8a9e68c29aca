// <form-frame>: tells the page around how tall the form is. That page is heard only if it is the parent window and its origin
// is one that the inbox allows, compared whole; it is answered only at the origin it spoke from (threat D5).
class FormFrame extends HTMLElement {
  #origin = null;
  #watch = new ResizeObserver(() => this.#tell());

  connectedCallback() {
    this.allowed = new Set([...JSON.parse(this.dataset.origins), location.origin]);
    addEventListener("message", this.#hear);
    this.#watch.observe(this);
  }

  disconnectedCallback() {
    removeEventListener("message", this.#hear);
    this.#watch.disconnect();
  }

  #hear = ({ source, origin, data }) => {
    if (source !== window.parent || source === window || !this.allowed.has(origin)) return;
    if (data?.ascolto !== this.dataset.key || data.kind !== "hello") return;
    this.#origin = origin;
    this.#tell();
  };

  #tell() {
    if (!this.#origin) return;
    const height = this.getBoundingClientRect().height;
    window.parent.postMessage({ ascolto: this.dataset.key, kind: "height", height }, this.#origin);
  }
}

customElements.define("form-frame", FormFrame);
