// The one script a site embeds. It draws a button and asks for nothing until someone reaches for it.
(() => {
  const settings = "ASCOLTO_SETTINGS";
  const desk = new URL(document.currentScript?.src || location.href).origin;
  if (customElements.get("ascolto-messenger")) return;

  const pageLanguage = document.documentElement.lang.slice(0, 2).toLowerCase();
  const language = Object.hasOwn(settings.words, pageLanguage) ? pageLanguage : settings.language;
  const words = settings.words[language];
  const listeners = new Map();
  const OPEN_HERE = `ascolto:${settings.key}:open`; // kept by the tab after someone opened it: the page on which it stands open
  const tell = (name, fact) => (listeners.get(name) || []).forEach((listener) => listener(fact));

  const LOOK = `
    :host { all: initial; color-scheme: light dark; --ours: light-dark(#175a40, #82d1ac); --on: light-dark(#fcfefd, #0e1d16); }
    button { all: unset; box-sizing: border-box; position: fixed; z-index: 2147483000; inset-block-end: 20px; inset-inline-end: 20px;
      inline-size: 56px; block-size: 56px; display: grid; place-items: center; border-radius: 50%; cursor: pointer;
      background: var(--ours); color: var(--on); box-shadow: 0 2px 6px #0002, 0 8px 24px #0003; }
    button:hover { filter: brightness(0.93); }
    button:focus-visible { outline: 2px solid var(--ours); outline-offset: 3px; }
    svg { inline-size: 26px; block-size: 26px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
    b { position: absolute; inset-block-start: -4px; inset-inline-end: -4px; box-sizing: border-box; min-inline-size: 22px; padding-inline: 6px;
      border-radius: 11px; background: light-dark(#9c2623, #f89a92); color: light-dark(#fffdfc, #261412); font: 600 13px/22px system-ui, sans-serif; text-align: center; }
    iframe { position: fixed; z-index: 2147483000; inset-block-end: 20px; inset-inline-end: 20px; box-sizing: border-box;
      inline-size: 392px; block-size: min(704px, calc(100vh - 40px)); block-size: min(704px, calc(100dvh - 40px));
      border: 1px solid light-dark(#e2dfda, #33302c); border-radius: 16px; background: light-dark(#fbfaf7, #1a1816);
      box-shadow: 0 2px 6px #0002, 0 12px 32px #0003; }
    [hidden] { display: none; }
    @media (width < 48rem) { iframe { inset: 0; inline-size: 100%; block-size: 100%; border: 0; border-radius: 0; } }
    @media print { button, iframe { display: none; } }
    @media (forced-colors: active) { button { border: 2px solid; } }`;

  class Messenger extends HTMLElement {
    isOpen = false;
    #isReady = false;
    #waiting = new Map(); // what the frame is to hear once it listens; the last of each kind counts
    #root = this.attachShadow({ mode: "open" });
    #button = document.createElement("button");
    #badge = document.createElement("b");
    #frame = null;
    #hear = (event) => this.#heard(event);

    connectedCallback() {
      const look = new CSSStyleSheet();
      look.replaceSync(LOOK);
      this.#root.adoptedStyleSheets = [look];
      this.#button.type = "button";
      this.#button.lang = language;
      this.#badge.hidden = true;
      this.#badge.setAttribute("aria-hidden", "true");
      this.#button.replaceChildren(drawing(), this.#badge);
      this.#button.addEventListener("click", () => this.open());
      for (const intent of ["pointerenter", "focus"]) this.#button.addEventListener(intent, preconnect, { once: true });
      this.#root.replaceChildren(this.#button);
      this.#count(0);
      addEventListener("message", this.#hear);
      if (wasOpenHere()) this.#show({ isQuiet: true }); // the page was loaded again: it stands as it stood, the focus stays
    }

    disconnectedCallback() {
      removeEventListener("message", this.#hear);
    }

    open() {
      remember(true);
      this.#show();
      this.#frame.focus();
    }

    #show(how = {}) {
      this.#bring();
      this.isOpen = true;
      this.#frame.hidden = false;
      this.#button.hidden = true;
      this.#say("open", how);
      tell("open");
    }

    close() {
      if (!this.isOpen) return;
      remember(false);
      this.isOpen = false;
      this.#frame.hidden = true;
      this.#button.hidden = false;
      this.#button.focus();
      this.#say("close");
      tell("close");
    }

    identify({ token } = {}) {
      this.#say("identify", { token: String(token) });
    }

    shutdown() {
      this.#bring(); // the session is kept inside the frame, perhaps since another page: only the frame can end it
      this.#say("shutdown");
    }

    #bring() {
      if (this.#frame) return;
      const frame = document.createElement("iframe");
      frame.hidden = !this.isOpen;
      frame.title = words.window;
      frame.lang = language;
      frame.referrerPolicy = "origin";
      frame.addEventListener("load", () => {
        this.#isReady = true;
        const page = { url: location.origin + location.pathname, title: document.title };
        this.#post("hello", { page });
        this.#waiting.forEach((fact, kind) => this.#post(kind, fact));
        this.#waiting.clear();
      });
      frame.src = `${desk}/messenger/${encodeURIComponent(settings.key)}/?embedded=1&lang=${language}`;
      this.#frame = frame;
      this.#root.append(frame);
    }

    #say(kind, fact = {}) {
      if (this.#isReady) return this.#post(kind, fact);
      if (kind === "open") this.#waiting.delete("close");
      if (kind === "close") this.#waiting.delete("open");
      this.#waiting.set(kind, fact);
    }

    #post(kind, fact) {
      this.#frame.contentWindow.postMessage({ ascolto: settings.key, kind, ...fact }, desk);
    }

    #heard({ source, origin, data }) {
      if (!this.#frame || source !== this.#frame.contentWindow || origin !== desk || data?.ascolto !== settings.key) return;
      if (data.kind === "ready") tell("ready");
      else if (data.kind === "close") this.close();
      else if (data.kind === "unread") this.#count(Number(data.count) || 0);
      else if (data.kind === "message") tell("message", { conversation: String(data.conversation) });
      else if (data.kind === "gone") this.#leave();
    }

    #count(count) {
      this.#badge.hidden = count < 1;
      this.#badge.textContent = count > 9 ? "9+" : count;
      const news = count === 1 ? words.one : words.many.replace("{count}", count);
      this.#button.setAttribute("aria-label", count ? `${words.open} (${news})` : words.open);
      tell("unread", { count });
    }

    #leave() {
      this.close();
      this.#frame.remove();
      this.#frame = null;
      this.#isReady = false;
      this.#count(0);
      tell("shutdown");
    }
  }

  // A browser that refuses storage forgets with the page that it was open.
  const remember = (isOpen) => {
    try {
      if (isOpen) sessionStorage.setItem(OPEN_HERE, location.pathname);
      else sessionStorage.removeItem(OPEN_HERE);
    } catch {
      return;
    }
  };

  const wasOpenHere = () => {
    try {
      return sessionStorage.getItem(OPEN_HERE) === location.pathname;
    } catch {
      return false;
    }
  };

  const drawing = () => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", "M21 12a8 8 0 0 1-8 8H4l1.8-3A8 8 0 1 1 21 12ZM9 10.5h8M9 14h5");
    svg.append(path);
    return svg;
  };

  const preconnect = () => {
    const link = document.createElement("link");
    link.rel = "preconnect";
    link.href = desk;
    document.head.append(link);
  };

  const start = () => {
    customElements.define("ascolto-messenger", Messenger);
    const element = new Messenger();
    document.body.append(element);
    const verbs = new Map([
      ["open", () => element.open()],
      ["close", () => element.close()],
      ["show", () => element.open()],
      ["identify", (fact) => element.identify(fact)],
      ["shutdown", () => element.shutdown()],
      ["on", (name, listener) => listeners.set(name, [...(listeners.get(name) || []), listener])],
    ]);
    const queued = [...(window.Ascolto?.q || [])];
    window.Ascolto = (verb, ...rest) => verbs.get(verb)?.(...rest);
    queued.forEach((call) => window.Ascolto(...call));
  };

  if (document.body) start();
  else addEventListener("DOMContentLoaded", start, { once: true });
})();
