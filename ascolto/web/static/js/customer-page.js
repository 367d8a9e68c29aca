// Tells the desk that the page was before someone's eyes: seen for two seconds, said once, never by a GET.
const LOOKED_FOR_MS = 2000;
const ASKED_EVERY_MS = 20_000;
const AFTER_TROUBLE_MS = 60_000;

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

// <customer-thread>: asks for what is new while the page is before someone's eyes, and puts it below. What is being written
// in the form stays as it is. A link that was closed ends it.
class CustomerThread extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    if (!this.dataset.news) return; // an earlier page of the thread: nothing new comes there
    document.addEventListener("visibilitychange", this.#watch);
    this.#wait(ASKED_EVERY_MS);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#watch);
    clearTimeout(this.#timer);
  }

  #watch = () => {
    clearTimeout(this.#timer);
    if (document.visibilityState === "visible") this.#ask();
  };

  #wait(pause) {
    clearTimeout(this.#timer);
    if (document.visibilityState === "visible") this.#timer = setTimeout(() => this.#ask(), pause);
  }

  async #ask() {
    const address = `${this.dataset.news}&after=${encodeURIComponent(this.dataset.after)}`;
    let answer;
    try {
      answer = await fetch(address, { referrerPolicy: "no-referrer", credentials: "omit", cache: "no-store" });
    } catch {
      return this.#wait(AFTER_TROUBLE_MS);
    }
    if (answer.status === 404) return document.removeEventListener("visibilitychange", this.#watch);
    if (answer.status === 200) this.#show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    this.#wait(answer.ok ? ASKED_EVERY_MS : AFTER_TROUBLE_MS);
  }

  #show(page) {
    const news = page.querySelector("[data-last]");
    if (!news) return;
    this.dataset.after = news.dataset.last;
    document.getElementById("state")?.replaceChildren(...news.querySelector("[data-part=state]").childNodes);
    this.append(...news.querySelectorAll("article"));
    const said = document.querySelector("input[name=up_to]");
    if (said) said.value = news.dataset.last;
    const mark = document.querySelector("read-mark");
    const next = mark?.cloneNode();
    if (next) next.dataset.upTo = news.dataset.last;
    mark?.replaceWith(next);
  }
}

customElements.define("read-mark", ReadMark);
customElements.define("customer-thread", CustomerThread);
