// Tells the desk that the page was before someone's eyes: seen for two seconds, said once, never by a GET.
const LOOKED_FOR_MS = 2000;

class ReadMark extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    document.addEventListener("visibilitychange", this.#watch);
    this.#watch();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#watch);
    clearTimeout(this.#timer);
  }

  #watch = () => {
    clearTimeout(this.#timer);
    if (document.visibilityState === "visible") this.#timer = setTimeout(this.#say, LOOKED_FOR_MS);
  };

  #say = async () => {
    document.removeEventListener("visibilitychange", this.#watch);
    const body = new URLSearchParams({ up_to: this.dataset.upTo }); // a reply written since then was not before anyone's eyes
    await fetch(this.dataset.to, { method: "POST", body, referrerPolicy: "no-referrer", credentials: "omit" });
  };
}

customElements.define("read-mark", ReadMark);
