// <live-desk>: what happens at the desk arrives here and is told to the parts of the page as DOM events.
// `desk:event` (a fact from the log), `desk:presence`, `desk:reset` (too much was missed), `conversation-changed` (done here).
const LOST_FOR = 4000; // a short break is nobody's business

class LiveDesk extends HTMLElement {
  connectedCallback() {
    const { stream, worker, position, user } = this.dataset;
    this.hello = { url: stream, position: Number(position) };
    addEventListener("pagehide", this);
    addEventListener("pageshow", this);
    this.connect(worker, user);
  }

  disconnectedCallback() {
    removeEventListener("pagehide", this);
    removeEventListener("pageshow", this);
    this.leave();
  }

  handleEvent(event) {
    if (event.type === "pagehide") this.leave();
    else if (event.persisted) { this.join(); this.dispatch("desk:reset"); }
  }

  connect(worker, user) {
    if ("SharedWorker" in window) {
      this.port = new SharedWorker(worker, { name: user }).port;
      this.port.onmessage = ({ data }) => this.hear(data);
    }
    this.join();
  }

  join() {
    if (this.port) this.port.postMessage({ hello: this.hello });
    else this.listen();
  }

  leave() {
    this.port?.postMessage({ bye: true });
    this.source?.close();
  }

  // Without a SharedWorker each tab holds a connection of its own.
  listen() {
    this.source = new EventSource(`${this.hello.url}?after=${this.hello.position}`);
    const parsed = (event) => (event.data ? JSON.parse(event.data) : null);
    this.source.onopen = () => this.hear({ state: "open" });
    this.source.onerror = () => this.hear({ state: "lost" });
    this.source.onmessage = (event) => {
      this.hello.position = Number(event.lastEventId) || this.hello.position;
      this.hear({ kind: "event", detail: parsed(event) });
    };
    for (const kind of ["presence", "typing", "reset"]) this.source.addEventListener(kind, (event) => this.hear({ kind, detail: parsed(event) }));
    this.source.addEventListener("bye", () => { this.source.close(); this.hear({ state: "ended" }); });
  }

  hear({ state, kind, detail }) {
    if (kind) this.dispatch(`desk:${kind}`, detail);
    if (state) this.show(state);
  }

  dispatch(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  show(state) {
    clearTimeout(this.timer);
    this.dataset.state = state;
    const reveal = () => { for (const banner of this.querySelectorAll("[data-when]")) banner.hidden = banner.dataset.when !== state; };
    if (state === "lost") this.timer = setTimeout(reveal, LOST_FOR);
    else reveal();
  }
}

customElements.define("live-desk", LiveDesk);
