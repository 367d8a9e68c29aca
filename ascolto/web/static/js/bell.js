// <sound-bell>: a customer wrote: two soft notes and a number before the title, unless one is looking at it already.
const KEY = "ascolto.sound";
const NOTES = [[660, 0], [880, 0.12]]; // Hz, seconds

class SoundBell extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.hidden = false;
    this.button.addEventListener("click", this);
    document.addEventListener("desk:event", this);
    document.addEventListener("visibilitychange", this);
    document.addEventListener("thread:open", this);
    this.news = new Set();
    this.show();
  }

  disconnectedCallback() {
    document.removeEventListener("desk:event", this);
    document.removeEventListener("visibilitychange", this);
    document.removeEventListener("thread:open", this);
  }

  handleEvent(event) {
    if (event.type === "click") this.toggle();
    else if (event.type === "visibilitychange") { if (!document.hidden) this.count(null); }
    else if (event.type === "thread:open") queueMicrotask(() => this.count(null));
    else this.hear(event.detail);
  }

  get isOn() { return localStorage.getItem(KEY) !== "off"; }

  toggle() {
    localStorage.setItem(KEY, this.isOn ? "off" : "on");
    this.show();
    if (this.isOn) this.play();
  }

  show() {
    this.button.setAttribute("aria-pressed", String(this.isOn));
  }

  async hear({ kind, conversation, number }) {
    if (kind !== "conversation.message_received") return;
    const isSeen = !document.hidden && document.querySelector("live-thread")?.dataset.id === conversation;
    if (isSeen || await this.isAnothers(number)) return;
    this.count(conversation);
    if (this.isOn) this.ring();
  }

  // What a colleague holds is theirs to hear.
  async isAnothers(number) {
    try {
      const answer = await fetch(this.dataset.holder.replace("/0/", `/${number}/`));
      return !answer.ok || (await answer.json()).holder === "other";
    } catch {
      return false;
    }
  }

  // Several tabs of a browser ring once.
  ring() {
    if (!navigator.locks) return this.play();
    return navigator.locks.request("ascolto.bell", { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      await this.play();
      await new Promise((done) => setTimeout(done, 1000));
    });
  }

  // Which conversations have news, in front of the title: "(2) …". Looking at the page takes the number away.
  count(conversation) {
    if (conversation) this.news.add(conversation); else this.news.clear();
    const bare = document.title.replace(/^\(\d+\) /, "");
    document.title = this.news.size ? `(${this.news.size}) ${bare}` : bare;
  }

  // A browser lets a page sound only after a first click or key in it; until then the number has to do.
  async play() {
    if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
    this.audio ??= new AudioContext();
    if (this.audio.state === "suspended") await this.audio.resume();
    for (const [pitch, after] of NOTES) this.note(pitch, this.audio.currentTime + after);
    document.dispatchEvent(new CustomEvent("bell:played"));
  }

  note(pitch, at) {
    const tone = new OscillatorNode(this.audio, { frequency: pitch, type: "sine" });
    const volume = new GainNode(this.audio, { gain: 0 });
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.08, at + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.25);
    tone.connect(volume).connect(this.audio.destination);
    tone.start(at);
    tone.stop(at + 0.3);
  }
}

customElements.define("sound-bell", SoundBell);
