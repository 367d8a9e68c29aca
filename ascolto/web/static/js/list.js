// <live-list>: the rows and counts of one list, fetched anew when something happens, at most once in 300 ms.
const AT_MOST_EVERY = 300;
const AGAIN_AFTER = 60000; // "12 min" grows old by itself

class LiveList extends HTMLElement {
  connectedCallback() {
    this.here = new Map(); // who else looks at which conversation
    for (const name of EVENTS) document.addEventListener(name, this);
    this.minute = setInterval(() => document.hidden || this.later(), AGAIN_AFTER);
    this.mark(document.querySelector("live-thread")?.dataset.number);
  }

  disconnectedCallback() {
    for (const name of EVENTS) document.removeEventListener(name, this);
    clearInterval(this.minute);
    clearTimeout(this.timer);
  }

  handleEvent({ type, detail }) {
    if (type === "thread:open") this.mark(detail);
    else if (type === "desk:presence") this.watch(detail);
    else if (type === "htmx:responseError") { if (detail.elt.matches(".row")) location.assign(detail.elt.href); } // the page says why
    else this.later();
  }

  // At once when nothing was fetched of late; else when the time is up, once for all that happened meanwhile.
  later() {
    const wait = this.isBusy ? AT_MOST_EVERY : Math.max(0, (this.fetchedAt ?? 0) + AT_MOST_EVERY - Date.now());
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (this.isBusy) this.later(); else this.refresh();
    }, wait);
  }

  async refresh() {
    this.isBusy = true;
    this.fetchedAt = Date.now();
    try {
      const answer = await fetch(`${this.dataset.url}?current=${this.current ?? ""}${this.keeps() ? "&keep" : ""}`, { headers: { "HX-Request": "true" } });
      if (this.querySelector(".htmx-request")) this.later(); // a row that is being opened must stay in the page until it is
      else if (answer.ok) this.take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      this.dataset.stale = ""; // the banner of <live-desk> says that the connection is broken; the next event tries again
    } finally {
      this.isBusy = false;
    }
  }

  // What is open stays in sight when it leaves the list, until another one is opened.
  keeps() {
    return this.querySelector(`#row-${this.current}:not([data-page=later])`);
  }

  // It comes first of all, and goes where it stood.
  place(left, rows) {
    const at = [...this.querySelectorAll("#rows > li")].findIndex((item) => item.id === left.id);
    left.remove();
    if (at >= 0) rows.insertBefore(left, rows.children[at] ?? null);
  }

  take(fresh) {
    const views = this.querySelector("#views");
    if (!views.querySelector("details[open]") && !views.contains(document.activeElement)) views.replaceWith(fresh.querySelector("#views"));
    const focused = document.activeElement?.closest?.("#list-body li")?.id;
    const old = this.querySelector("#list-body");
    const body = fresh.querySelector("#list-body");
    const left = body.querySelector("li[data-page=left]");
    if (left) this.place(left, left.parentElement);
    const later = [...old.querySelectorAll("li[data-page=later], li.rows__more")];
    if (old.querySelector("li[data-page=later]") && body.querySelector("#rows")) {
      body.querySelector(".rows__more")?.remove();
      body.querySelector("#rows").append(...later.filter((item) => !item.id || !body.querySelector(`#${item.id}`)));
    }
    old.replaceWith(body);
    window.htmx?.process(this);
    for (const number of this.here.keys()) this.showHere(number);
    if (focused) document.getElementById(focused)?.querySelector("a").focus({ preventScroll: true });
  }

  watch({ number, watching }) {
    const names = watching.filter((each) => each.id !== this.dataset.user).map((each) => each.name);
    if (names.length) this.here.set(String(number), names); else this.here.delete(String(number));
    this.showHere(String(number));
  }

  showHere(number) {
    const line = this.querySelector(`#row-${number} [data-here]`);
    const names = this.here.get(number) ?? [];
    if (!line) return;
    line.textContent = this.dataset[names.length > 1 ? "manyLooking" : "oneLooking"].replace("{names}", names.join(", "));
    line.hidden = !names.length;
  }

  mark(number) {
    this.current = number;
    for (const row of this.querySelectorAll(".row")) {
      if (row.dataset.number === number) { row.setAttribute("aria-current", "true"); row.classList.remove("row--unread"); }
      else row.removeAttribute("aria-current");
    }
  }
}

const EVENTS = ["desk:event", "desk:presence", "desk:reset", "conversation-changed", "thread:open", "thread:read", "htmx:responseError"];
customElements.define("live-list", LiveList);
