// The visitor API: one session, its token in the Authorization header, never in an address and never in a cookie.

export class Refused extends Error {
  constructor(status, answer, retryAfterS) {
    super(answer?.error?.message ?? "");
    this.status = status;
    this.code = answer?.error?.code ?? "";
    this.retryAfterS = retryAfterS;
  }

  get isForNow() {
    return this.status === 429 || this.status >= 500;
  }
}

export class Unreachable extends Error {}

export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

export class Session extends EventTarget {
  #api;
  #store;
  #beginning = null;
  page = null;

  constructor(api, store, language) {
    super();
    this.#api = api;
    this.#store = store;
    this.language = language;
  }

  get token() {
    return this.#store.read().token ?? "";
  }

  begin(identity) {
    this.#beginning ??= this.#begin(identity).finally(() => (this.#beginning = null));
    return this.#beginning;
  }

  async #begin(identity) {
    const first = this.token;
    let before = first;
    const asked = { language: this.language, ...(this.page && { page: this.page }), ...(identity && { identity }) };
    let facts;
    try {
      facts = await this.#ask("session", { body: asked });
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401 || !before) throw error;
      this.#store.write({ token: (before = "") });
      facts = await this.#ask("session", { body: asked });
    }
    const now = this.token;
    if (now !== before && !identity) return this.#begin(); // another tab began first: both use its session
    this.#store.write({ token: facts.token });
    const isAnother = Boolean(first) && facts.token !== first;
    this.dispatchEvent(new CustomEvent("begun", { detail: { ...facts, isAnother } }));
    return facts;
  }

  async call(path, options) {
    if (!this.token) await this.begin();
    try {
      return await this.#ask(path, options);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      await this.begin();
      return this.#ask(path, options);
    }
  }

  async #ask(path, options) {
    const answer = await this.fetch(path, options);
    if (answer.status === 204) return null;
    return answer.json();
  }

  async fetch(path, { body, headers, signal, keepalive } = {}) {
    const sent = { ...(this.token && { Authorization: `Bearer ${this.token}` }), ...headers };
    if (body) sent["Content-Type"] = "application/json";
    let answer;
    try {
      answer = await fetch(this.#api + path, {
        method: body ? "POST" : "GET",
        headers: sent,
        body: body && JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        signal,
        keepalive,
      });
    } catch (error) {
      throw new Unreachable(error.message);
    }
    if (!answer.ok) throw new Refused(answer.status, await words(answer), Number(answer.headers.get("Retry-After")) || 0);
    return answer;
  }

  // The token dies on the desk too (threat D9). Without a connection it is kept aside, and dies at the next chance.
  async end() {
    const ending = [...(this.#store.read().ending ?? []), this.token].filter(Boolean);
    this.#store.clear();
    this.#store.write({ ending });
    await this.endEarlier();
    if (!this.#store.read().ending.length) this.#store.clear();
  }

  async endEarlier() {
    for (const token of this.#store.read().ending ?? []) {
      if (await this.#isEnded(token)) this.#store.write({ ending: this.#store.read().ending.filter((other) => other !== token) });
    }
  }

  async #isEnded(token) {
    try {
      await this.fetch("logout", { body: {}, headers: { Authorization: `Bearer ${token}` } });
      return true;
    } catch (error) {
      return error instanceof Refused && !error.isForNow; // the desk does not know it any more
    }
  }

  // Files go by XMLHttpRequest: fetch does not say how far it has come.
  async upload(file, onProgress, signal) {
    if (!this.token) await this.begin();
    return new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${this.#api}files`);
      request.setRequestHeader("Authorization", `Bearer ${this.token}`);
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress((100 * event.loaded) / event.total));
      request.addEventListener("load", () =>
        request.status === 201 ? done(request.response) : fail(new Refused(request.status, request.response, 0)),
      );
      request.addEventListener("error", () => fail(new Unreachable()));
      signal.addEventListener("abort", () => request.abort());
      const form = new FormData();
      form.append("file", file);
      request.send(form);
    });
  }
}

async function words(answer) {
  try {
    return await answer.json();
  } catch {
    return null; // an answer of something in between, without words of ours
  }
}
