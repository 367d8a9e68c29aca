// <live-thread>: one conversation. New lines come by GET and are put in their place; what is read keeps its place.
const AT_MOST_EVERY = 300;
const LOOK_BACK = 12; // lines that may still change: delivery, a message that came late

class LiveThread extends HTMLElement {
  connectedCallback() {
    for (const name of EVENTS) document.addEventListener(name, this);
    document.dispatchEvent(new CustomEvent("thread:open", { detail: this.dataset.number }));
    if (document.readyState === "complete") this.querySelector("#thread-title").focus({ preventScroll: true });
    document.title = document.title.replace(/^(\(\d+\) )?.*(?= – )/, `$1${this.dataset.title}`);
    this.read();
  }

  disconnectedCallback() {
    for (const name of EVENTS) document.removeEventListener(name, this);
    clearTimeout(this.timer);
  }

  handleEvent({ type, detail, target }) {
    if (type === "conversation-changed") this.isOurs = target !== document; // done by a form of this page: it may be renewed
    if (type === "desk:presence") this.showTyping(detail);
    else if (type === "desk:event" && detail.conversation !== this.dataset.id) return;
    else if (type === "htmx:responseError" || type === "htmx:sendError") this.say(detail);
    else if (type === "visibilitychange") this.read();
    else this.later();
  }

  // At once when nothing was fetched of late; else when the time is up, once for all that happened meanwhile.
  later() {
    const wait = Math.max(0, (this.fetchedAt ?? 0) + AT_MOST_EVERY - Date.now());
    this.timer ??= setTimeout(() => { this.timer = null; this.refresh(); }, wait);
  }

  async refresh() {
    this.fetchedAt = Date.now();
    const lines = [...this.querySelectorAll("#lines > [data-at]")];
    const after = lines.at(-LOOK_BACK)?.dataset.at ?? lines[0]?.dataset.at ?? "";
    const turn = this.turn = (this.turn ?? 0) + 1;
    let answer;
    try {
      answer = await fetch(`${this.dataset.url}&after=${encodeURIComponent(after)}`, { headers: { "HX-Request": "true" } });
    } catch {
      return setTimeout(() => this.isConnected && this.later(), 3000);
    }
    const html = answer.ok && await answer.text();
    if (!html || turn !== this.turn) return null; // a later one is on its way
    this.take(new DOMParser().parseFromString(html, "text/html"));
    return this.read();
  }

  take(fresh) {
    const scroll = this.querySelector(".scroll");
    const isAtEnd = scroll.scrollTop > -40; // the column grows upwards: its end is 0
    const height = scroll.scrollHeight;
    this.place(fresh.querySelector("#lines"));
    if (!isAtEnd) scroll.scrollTop -= scroll.scrollHeight - height;
    const isOurs = this.isOurs;
    this.isOurs = false;
    for (const id of ["thread-head", "facts"]) this.renew(document.getElementById(id), fresh.getElementById(id), isOurs);
    if (!document.getElementById("reply").value) document.querySelector("#write [name=last_seen]").value = fresh.querySelector("#lines").dataset.now;
  }

  // Lines are known by their ids: one that is there is renewed in place, a new one goes after the one before it.
  // When so much was missed that nothing joins, the latest page takes the place of all.
  place(column) {
    const here = this.querySelector("#lines");
    const lines = [...column.querySelectorAll(":scope > [id]")];
    if (this.querySelector(".thread__now")) return; // an old page stays as it is
    if (lines.length && !lines.some((line) => document.getElementById(line.id))) {
      here.replaceChildren(...column.children, here.querySelector("[data-typing]"));
      window.htmx?.process(here);
      return;
    }
    let before = null;
    for (const line of lines) {
      const old = here.querySelector(`:scope > #${CSS.escape(line.id)}`);
      if (old && !old.isEqualNode(line) && !old.querySelector("details[open]")) old.replaceWith(line);
      else if (!old && before) before.after(line);
      else if (!old) here.insertBefore(line, here.querySelector("[data-typing]"));
      before = here.querySelector(`:scope > #${CSS.escape(line.id)}`);
    }
  }

  // What someone has in hand is not taken from them; it is renewed with the next event.
  renew(old, fresh, isOurs) {
    const isIn = (fields) => old?.contains(document.activeElement) && document.activeElement.matches(fields);
    if (!old || !fresh || isIn("select") || (!isOurs && (isIn("input") || old.querySelector("details[open]")))) return;
    const focused = old.contains(document.activeElement) && document.activeElement.id;
    old.replaceWith(fresh);
    window.htmx?.process(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  showTyping(detail) {
    if (detail.conversation === this.dataset.id) this.querySelector("[data-typing]").hidden = !detail.customer_is_typing;
  }

  say({ elt, xhr }) {
    const line = elt.closest("[data-errors]")?.querySelector("[role=alert]");
    if (!line) return;
    line.textContent = xhr?.status === 422 ? xhr.responseText : line.dataset.failed ?? "";
    line.hidden = false;
  }

  // Said once for each new line that was on a visible screen.
  read() {
    const newest = [...this.querySelectorAll("#lines > [data-at]")].at(-1)?.dataset.at;
    if (document.hidden || newest === this.readTo) return;
    this.readTo = newest;
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    fetch(this.dataset.read, { method: "POST", headers: { "X-CSRFToken": token } })
      .then(() => document.dispatchEvent(new CustomEvent("thread:read")), () => { this.readTo = null; });
  }
}

const EVENTS = ["desk:event", "desk:presence", "desk:reset", "conversation-changed", "htmx:responseError", "htmx:sendError", "visibilitychange"];
customElements.define("live-thread", LiveThread);
