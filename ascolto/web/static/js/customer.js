// <live-customer>: who writes, beside the thread. Fetched anew when something is learnt of them, at most once in a second.
// What is chosen for the conversation (#facts) comes with the thread.
const AT_MOST_EVERY = 1000;

class LiveCustomer extends HTMLElement {
  connectedCallback() {
    for (const name of EVENTS) document.addEventListener(name, this);
  }

  disconnectedCallback() {
    for (const name of EVENTS) document.removeEventListener(name, this);
    clearTimeout(this.timer);
  }

  handleEvent({ type, detail }) {
    if (type === "desk:event" && ![this.dataset.id, this.dataset.customer].includes(detail.conversation)) return;
    const wait = Math.max(0, (this.fetchedAt ?? 0) + AT_MOST_EVERY - Date.now());
    this.timer ??= setTimeout(() => { this.timer = null; this.refresh(); }, wait);
  }

  async refresh() {
    this.fetchedAt = Date.now();
    try {
      const answer = await fetch(this.dataset.url, { headers: { "HX-Request": "true" } });
      if (answer.ok && !answer.redirected) this.take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      this.dataset.stale = ""; // the banner of <live-desk> says that the connection is broken; the next event tries again
    }
  }

  // What has the focus stays until the next time.
  take(fresh) {
    for (const id of PARTS) {
      const [old, part] = [document.getElementById(id), fresh.getElementById(id)];
      if (!this.isConnected || !part || old.contains(document.activeElement) || old.isEqualNode(part)) continue;
      old.replaceWith(part);
      window.htmx?.process(part);
    }
  }
}

const EVENTS = ["desk:event", "desk:reset", "conversation-changed"];
const PARTS = ["customer-head", "customer-addresses", "customer-same", "customer-said", "customer-links", "customer-history"];
customElements.define("live-customer", LiveCustomer);
