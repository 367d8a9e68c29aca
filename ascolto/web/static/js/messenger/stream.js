// Server-sent events over fetch (EventSource cannot send a token in a header). It goes on by itself after every break,
// from the last position it has seen, and says "open" each time so that its owner can look for what happened meanwhile.

import { Refused, wait } from "./session.js";

const SILENCE_MS = 40_000; // the desk sends a heartbeat every 15 s; after two missing ones the line is dead
const SLOWEST_MS = 30_000;

export class Stream extends EventTarget {
  #session;
  #last = "";
  #retryMs = 1000;
  #isOver = false;
  #line = null;

  constructor(session) {
    super();
    this.#session = session;
    addEventListener("online", () => this.#line?.abort());
  }

  stop() {
    this.#isOver = true;
    this.#line?.abort();
  }

  async run() {
    for (let failures = 0; !this.#isOver; failures += 1) {
      let pauseMs = 0;
      try {
        await this.#listen(() => (failures = 0));
      } catch (error) {
        if (error instanceof Refused && error.status === 401) await this.#session.begin().catch(() => null);
        pauseMs = 1000 * (error.retryAfterS || 0);
      }
      if (this.#isOver) return;
      this.dispatchEvent(new Event("lost"));
      await wait(Math.max(pauseMs, Math.min(SLOWEST_MS, this.#retryMs * 1.5 ** failures) * (0.5 + Math.random())));
    }
  }

  async #listen(onOpen) {
    const line = (this.#line = new AbortController());
    let watch = setTimeout(() => line.abort(), SILENCE_MS);
    try {
      const headers = this.#last ? { "Last-Event-ID": this.#last } : {};
      const answer = await this.#session.fetch("stream", { headers, signal: line.signal });
      onOpen();
      this.dispatchEvent(new Event("open"));
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let part; !(part = await reader.read()).done; ) {
        clearTimeout(watch);
        watch = setTimeout(() => line.abort(), SILENCE_MS);
        const frames = (rest + part.value).replaceAll("\r\n", "\n").split("\n\n");
        rest = frames.pop();
        frames.forEach((frame) => this.#hear(frame));
      }
    } finally {
      clearTimeout(watch);
    }
  }

  #hear(frame) {
    const fields = new Map();
    for (const line of frame.split("\n")) {
      const [, name, value] = line.match(/^(\w+): ?(.*)$/) ?? [];
      if (name) fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value);
    }
    if (fields.has("retry")) this.#retryMs = Number(fields.get("retry")) || this.#retryMs;
    if (fields.get("id")) this.#last = fields.get("id");
    if (!fields.has("data") && !fields.has("event")) return;
    const detail = fields.get("data") ? JSON.parse(fields.get("data")) : {};
    this.dispatchEvent(new CustomEvent(fields.get("event") ?? "happened", { detail }));
  }
}
