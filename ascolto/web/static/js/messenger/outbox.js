// Messages on their way. Each is kept in the browser under its own client_id until the desk has said 201; the same
// client_id twice is one message there, so sending again after a reload, a restart or from a second tab is safe.

import { Refused, wait } from "./session.js";

const SLOWEST_MS = 30_000;

export class Outbox extends EventTarget {
  #session;
  #store;
  #isFlushing = false;
  #wake = () => {};

  constructor(session, store) {
    super();
    this.#session = session;
    this.#store = store;
    addEventListener("online", () => this.flush());
  }

  get entries() {
    return this.#store.read().queue ?? [];
  }

  add({ body, files, conversation, fresh }) {
    const entry = { client_id: crypto.randomUUID(), body, files, conversation, fresh, at: new Date().toISOString() };
    this.#keep([...this.entries, entry]);
    this.#changed();
    this.flush();
  }

  retry(clientId) {
    this.#keep(this.entries.map((entry) => (entry.client_id === clientId ? { ...entry, refused: undefined } : entry)));
    this.#changed();
    this.flush();
  }

  drop(clientId) {
    this.#keep(this.entries.filter((entry) => entry.client_id !== clientId));
    this.#changed();
  }

  // A conversation that is not there for this session (any more): what was meant for it starts one of its own.
  startOver(conversation) {
    const isMeant = (entry) => entry.conversation && (!conversation || entry.conversation === conversation);
    this.#keep(this.entries.map((entry) => (isMeant(entry) ? { ...entry, conversation: null, fresh: entry.conversation } : entry)));
  }

  async flush() {
    this.#wake();
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    for (let failures = 0, next; (next = this.entries.find((entry) => entry.refused === undefined)); ) {
      try {
        await this.#send(next);
        failures = 0;
      } catch (error) {
        if (error instanceof Refused && error.status === 404 && next.conversation) {
          this.startOver(next.conversation);
          continue;
        }
        if (error instanceof Refused && !error.isForNow) {
          this.#refuse(next, error.message);
          continue;
        }
        failures += 1;
        this.#changed(failures > 1 || !navigator.onLine);
        const pauseMs = Math.max(error.retryAfterS * 1000 || 0, Math.min(SLOWEST_MS, 500 * 2 ** failures) * (0.5 + Math.random()));
        await Promise.race([wait(pauseMs), new Promise((wake) => (this.#wake = wake))]);
      }
    }
    this.#isFlushing = false;
  }

  async #send(entry) {
    const asked = { client_id: entry.client_id, body: entry.body, files: entry.files.map((file) => file.id) };
    if (entry.conversation) asked.conversation = entry.conversation;
    const answer = await this.#session.call("messages", { body: asked });
    this.#keep(
      this.entries
        .filter((other) => other.client_id !== entry.client_id)
        .map((other) => (entry.fresh && other.fresh === entry.fresh ? { ...other, conversation: answer.conversation } : other)),
    );
    this.dispatchEvent(new CustomEvent("sent", { detail: { entry, answer } }));
  }

  #refuse(entry, words) {
    this.#keep(this.entries.map((other) => (other.client_id === entry.client_id ? { ...other, refused: words } : other)));
    this.#changed();
  }

  #keep(queue) {
    this.#store.write({ queue });
  }

  #changed(isWaiting = false) {
    this.isWaiting = isWaiting;
    this.dispatchEvent(new Event("changed"));
  }
}
