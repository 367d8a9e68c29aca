// The page around the frame. It is heard only if it is the parent window and its origin is one that the inbox allows,
// compared whole; it is answered only at the origin it spoke from (threat D5).

export class Host extends EventTarget {
  #origin = null;
  #key;

  constructor(key, origins) {
    super();
    this.#key = key;
    const allowed = new Set([...origins, location.origin]);
    this.isEmbedded = window.parent !== window;
    addEventListener("message", ({ source, origin, data }) => {
      if (source !== window.parent || !this.isEmbedded || !allowed.has(origin) || data?.ascolto !== key) return;
      this.#origin = origin;
      if (KINDS.has(data.kind)) this.dispatchEvent(new CustomEvent(data.kind, { detail: data }));
    });
  }

  tell(kind, fact = {}) {
    if (this.#origin) window.parent.postMessage({ ascolto: this.#key, kind, ...fact }, this.#origin);
  }
}

const KINDS = new Set(["hello", "open", "close", "identify", "shutdown"]);
