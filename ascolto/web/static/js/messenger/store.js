// What this browser keeps of a visit: the session's token, the messages not yet sent, where the visitor was.
// A browser that refuses storage to frames of other sites gets the same in memory, until the page goes.

export class Store {
  #name;
  #memory = null;

  constructor(key) {
    this.#name = `ascolto:${key}`;
  }

  read() {
    if (this.#memory) return this.#memory;
    try {
      return JSON.parse(localStorage.getItem(this.#name)) ?? {};
    } catch {
      this.#memory = {};
      return this.#memory;
    }
  }

  write(change) {
    const kept = { ...this.read(), ...change };
    if (this.#memory) this.#memory = kept;
    try {
      localStorage.setItem(this.#name, JSON.stringify(kept));
    } catch {
      this.#memory = kept;
    }
  }

  clear() {
    if (this.#memory) this.#memory = {};
    try {
      localStorage.removeItem(this.#name);
    } catch {
      this.#memory = {};
    }
  }
}
