// <reply-composer>: keeps the words on the server while they are typed, and sends them once however often it is asked.
const SAVE_AFTER = 800;
const SAVE_AGAIN_AFTER = 5000; // when the desk did not take it

class ReplyComposer extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.text = this.querySelector("textarea");
    this.edits = this.kept = 0; // how often it was changed, and which change the desk has
    this.form.addEventListener("submit", this);
    for (const name of ["input", "keydown"]) this.text.addEventListener(name, this);
    this.addEventListener("click", this);
    document.addEventListener("composer:open", this);
    addEventListener("pagehide", this);
  }

  disconnectedCallback() {
    document.removeEventListener("composer:open", this);
    removeEventListener("pagehide", this);
    this.save();
  }

  handleEvent(event) {
    if (event.type === "submit") { event.preventDefault(); this.send(event.submitter); }
    else if (event.type === "input") this.typed();
    else if (event.type === "keydown") this.pressed(event);
    else if (event.type === "click") this.clicked(event);
    else if (event.type === "pagehide") this.keep(true); // now or never
    else { this.turn(event.detail); this.text.focus(); }
  }

  clicked(event) {
    const tab = event.target.closest("[data-mode]");
    if (!tab) return;
    event.preventDefault();
    this.turn(tab.dataset.mode);
    this.text.focus();
  }

  turn(mode) {
    this.querySelector(".composer").classList.toggle("composer--note", mode === "note");
    this.form.action = mode === "note" ? this.dataset.notes : this.dataset.replies;
    for (const tab of this.querySelectorAll("[data-mode]")) tab.ariaCurrent = tab.dataset.mode === mode ? "true" : null;
    if (this.text.value) this.later();
  }

  pressed(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.form.requestSubmit(); }
    if (event.key === "Escape") { this.save(); this.text.blur(); }
  }

  typed() {
    document.dispatchEvent(new CustomEvent("composer:typing"));
    this.later();
  }

  later() {
    this.edits += 1;
    this.saveIn(SAVE_AFTER);
  }

  saveIn(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  // One after the other: an earlier save never arrives after a later one, nor after the words were sent.
  inTurn(work) {
    this.turns = (this.turns ?? Promise.resolve()).then(work);
    return this.turns;
  }

  save() {
    clearTimeout(this.timer);
    return this.inTurn(() => this.keep());
  }

  async keep(isLeaving = false) {
    const edits = this.edits;
    if (edits === this.kept) return;
    const body = new URLSearchParams({ text: this.text.value, is_note: this.querySelector(".composer--note") ? "1" : "", csrfmiddlewaretoken: this.form.csrfmiddlewaretoken.value });
    try {
      const answer = await fetch(this.dataset.draft, { method: "POST", body, keepalive: isLeaving });
      const isTaken = answer.ok && !answer.redirected; // to the sign-in, for one
      const words = isTaken || answer.status === 422 ? (await answer.text()).trim() : this.dataset.unsaved;
      if (isTaken) this.kept = edits;
      if (!isTaken || edits === this.edits) this.tell(words);
      if (!isTaken && answer.status !== 422) this.again();
    } catch {
      this.tell(this.dataset.unsaved);
      this.again();
    }
  }

  tell(words) {
    this.querySelector("[data-saved]").textContent = words;
  }

  again() {
    if (this.isConnected) this.saveIn(SAVE_AGAIN_AFTER);
  }

  async send(button) {
    if (this.isSending) return;
    this.isSending = this.classList.toggle("is-sending", true);
    clearTimeout(this.timer);
    const body = new FormData(this.form);
    body.delete("upload"); // went up when it was chosen
    if (button?.matches("[data-anyway]")) body.set("last_seen", "");
    await this.inTurn(() => this.deliver(body));
    this.isSending = this.classList.toggle("is-sending", false);
  }

  async deliver(body) {
    try {
      const answer = await fetch(this.form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (answer.status === 201) this.sent(answer);
      else if (answer.status === 409) this.clash(await answer.text());
      else this.refuse(answer.status === 422 ? await answer.text() : this.dataset.failed);
    } catch {
      this.refuse(this.dataset.failed);
    }
  }

  sent(answer) {
    this.kept = this.edits;
    this.text.value = "";
    this.form.client_id.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    this.form.last_seen.value = answer.headers.get("X-Seen");
    for (const name of ["chips", "clash", "saved"]) this.querySelector(`[data-${name}]`).replaceChildren();
    this.refuse("");
    this.turn("reply");
    document.dispatchEvent(new CustomEvent("conversation-changed"));
  }

  clash(html) {
    this.refuse("");
    this.querySelector("[data-clash]").innerHTML = html;
    this.querySelector("[data-anyway]").focus();
    document.dispatchEvent(new CustomEvent("conversation-changed"));
  }

  refuse(words) {
    const line = this.querySelector("[data-refusal]");
    line.textContent = words;
    line.hidden = !words;
  }
}

customElements.define("reply-composer", ReplyComposer);
