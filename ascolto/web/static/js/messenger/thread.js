// <message-thread>: what was said, in order, each row once. Rows are kept by their client_id (own words) or id, so that
// a message on its way becomes the sent one without moving, and the same message seen twice stays one row.

import { clock, copy, day, inFull, said, size } from "./words.js";

const TOGETHER_MS = 5 * 60_000; // messages of one person closer than this stand under one name
const LINK_LASTS_MS = 4 * 60_000; // signed links open for five minutes

class MessageThread extends HTMLElement {
  #rows = new Map();
  freshLink = async () => ({});

  // items: as the desk tells them; entries: still on their way from here; isWaiting: there is no connection
  show(items, entries, isWaiting) {
    const known = new Set(items.map((item) => item.client_id));
    const waiting = entries.filter((entry) => !known.has(entry.client_id));
    const all = [...items, ...waiting.map((entry) => ({ ...entry, author: "customer" }))].map((item) => ({ ...item, at: new Date(item.at) }));
    const nodes = [];
    all.forEach((item, index) => {
      const before = all[index - 1];
      const isNewDay = before?.at.toDateString() !== item.at.toDateString();
      if (isNewDay) nodes.push(this.#day(item.at));
      nodes.push(this.#row(item, !isNewDay && isTogether(before, item), all[index + 1], isWaiting));
    });
    this.#place(nodes);
  }

  #place(nodes) {
    const kept = new Set(nodes);
    for (const node of [...this.children]) if (!kept.has(node)) node.remove();
    nodes.forEach((node, index) => {
      if (this.children[index] !== node) this.insertBefore(node, this.children[index] ?? null);
    });
    for (const [key, row] of this.#rows) if (!kept.has(row)) this.#rows.delete(key);
  }

  #day(at) {
    return this.#keep(`day ${at.toDateString()}`, () => {
      const ruler = copy("day").firstElementChild;
      ruler.textContent = day(at);
      return ruler;
    });
  }

  #row(item, isUnderSameName, next, isWaiting) {
    const row = this.#keep(item.client_id || item.id, () => copy(item.author).firstElementChild);
    const version = `${item.id} ${Boolean(item.files?.[0]?.url)}`;
    if (row.dataset.version !== version) {
      row.dataset.version = version;
      this.#write(row, item);
    }
    const head = row.querySelector(".message__head");
    if (head) head.hidden = isUnderSameName;
    const state = row.querySelector(".message__state");
    if (state) this.#sayState(row, state, item, next, isWaiting);
    return row;
  }

  #write(row, item) {
    const author = row.querySelector(".message__author");
    const time = row.querySelector("time");
    if (author) author.textContent = item.name;
    if (time) {
      time.dateTime = item.at.toISOString();
      time.title = inFull(item.at);
      time.textContent = clock(item.at);
    }
    const body = row.querySelector(".message__body");
    body.replaceChildren(...(item.body.trim() ? [said(item.body)] : []), ...(item.files ?? []).map((file) => this.#file(file)));
  }

  #file(file) {
    const isPicture = file.is_image && file.preview_url;
    const link = copy(isPicture ? "picture" : "file").querySelector("a");
    if (isPicture) {
      const picture = link.querySelector("img");
      picture.alt = file.name;
      picture.addEventListener("error", () => this.freshLink(file.id).then(({ url }) => (picture.src = `${url}&preview=1`)), { once: true });
      picture.src = file.preview_url;
    } else {
      link.querySelector(".file__name").textContent = file.name;
      link.querySelector(".file__size").textContent = size(file.size);
    }
    if (file.url) this.#open(link, file);
    return link;
  }

  #open(link, file) {
    let since = Date.now();
    link.href = file.url;
    link.addEventListener("click", async (event) => {
      if (Date.now() - since < LINK_LASTS_MS) return;
      event.preventDefault();
      link.href = (await this.freshLink(file.id)).url;
      since = Date.now();
      link.click();
    });
  }

  #sayState(row, state, item, next, isWaiting) {
    const isSent = Boolean(item.id);
    const isRefused = item.refused !== undefined;
    const told = isSent ? (next ? "" : this.dataset.sent) : isRefused ? item.refused || this.dataset.failed : isWaiting ? this.dataset.waiting : this.dataset.sending;
    const time = isSent ? clock(item.at) : "";
    const said = [time, told].filter(Boolean).join(" · ");
    row.classList.toggle("message--waiting", !isSent);
    row.classList.toggle("message--failed", isRefused);
    state.classList.toggle("message__state--failed", isRefused);
    state.hidden = isSent && next?.author === "customer";
    if (state.dataset.said === said) return;
    state.dataset.said = said;
    state.title = isSent ? inFull(item.at) : "";
    state.replaceChildren(said, ...(isRefused ? this.#ways(item) : []));
  }

  #ways(item) {
    const ways = copy("ways");
    for (const button of ways.children) {
      button.addEventListener("click", () =>
        this.dispatchEvent(new CustomEvent(button.dataset.do, { detail: item.client_id })),
      );
    }
    return [...ways.children];
  }

  #keep(key, make) {
    if (!this.#rows.has(key)) this.#rows.set(key, make());
    return this.#rows.get(key);
  }
}

function isTogether(before, item) {
  return before?.author === item.author && before.name === item.name && item.at - before.at < TOGETHER_MS;
}

customElements.define("message-thread", MessageThread);
