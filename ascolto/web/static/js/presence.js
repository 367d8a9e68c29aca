// <presence-beat>: tells the desk who looks at which conversation and who writes there, every 15 s while the page is seen.
const EVERY = 15000;
const STOPS_AFTER = 4000; // without a key, nobody is writing

class PresenceBeat extends HTMLElement {
  connectedCallback() {
    this.isTyping = false;
    this.beat = setInterval(() => document.hidden || this.say(), EVERY);
    document.addEventListener("visibilitychange", this);
    document.addEventListener("composer:typing", this);
    addEventListener("pagehide", this);
    this.say();
  }

  disconnectedCallback() {
    clearInterval(this.beat);
    clearTimeout(this.stop);
    document.removeEventListener("visibilitychange", this);
    document.removeEventListener("composer:typing", this);
    removeEventListener("pagehide", this);
    this.say(true);
  }

  handleEvent({ type }) {
    if (type === "composer:typing") this.type();
    else this.say(type === "pagehide" || document.hidden);
  }

  type() {
    clearTimeout(this.stop);
    this.stop = setTimeout(() => { this.isTyping = false; this.say(); }, STOPS_AFTER);
    if (this.isTyping) return;
    this.isTyping = true;
    this.say();
  }

  say(isGone = false) {
    const body = JSON.stringify({ conversation: Number(this.dataset.number), is_typing: this.isTyping && !isGone, is_gone: isGone });
    fetch(this.dataset.url, { method: "POST", body, keepalive: true, headers: { "Content-Type": "application/json" } })
      .catch(() => { this.dataset.missed = ""; }); // the next beat says it again
  }
}

customElements.define("presence-beat", PresenceBeat);
