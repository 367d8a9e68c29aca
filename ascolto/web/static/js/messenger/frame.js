// <visitor-messenger>: welcome, conversations, one conversation. It holds what is shown and asks the parts to show it.

import "./composer.js";
import "./survey.js";
import "./thread.js";
import { Host } from "./host.js";
import { keepAnswer, keptAnswer, whoIsHere } from "./lately.js";
import { Outbox } from "./outbox.js";
import { Refused, Session, wait } from "./session.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";
import { copy, fill, moment } from "./words.js";

const TYPING_LASTS_MS = 10_000;
const PATIENCE_MS = 2000;

class VisitorMessenger extends HTMLElement {
  #items = new Map(); // of the conversation shown, by id
  #conversation = null; // {id, …} as the desk tells it
  #fresh = null; // name of a conversation that has no id yet: its first message is on its way
  #before = null;
  #unread = new Set();
  #isOpen = true;
  #justWrote = false;
  #asked = 0;
  #typist = null; // {name, at}: who was last seen writing in the conversation shown

  connectedCallback() {
    const { key, api, origins } = this.dataset;
    this.store = new Store(key);
    this.session = new Session(api, this.store, document.documentElement.lang);
    this.outbox = new Outbox(this.session, this.store);
    this.stream = new Stream(this.session);
    this.host = new Host(key, JSON.parse(origins));
    this.thread = this.querySelector("message-thread");
    this.composer = this.querySelector("message-composer");
    this.survey = this.querySelector("short-survey");
    this.leave = this.querySelector("leave-address");
    this.body = this.#part("body");
    this.#connectParts();
    this.#connectHost();
    this.#connectDesk();
    this.dataset.state = "ready";
    this.composer.inert = false; // what was typed before this would be sent by nobody
    if (this.host.isEmbedded) this.#isOpen = false;
    else this.#begin();
  }

  #connectParts() {
    const call = (path, options) => this.session.call(path, options);
    for (const part of [this.survey, this.leave]) Object.assign(part, { call, failed: this.dataset.failed });
    this.leave.addEventListener("left", () => this.#sayByMail(true));
    this.survey.addEventListener("asking", ({ detail }) => this.composer.giveWay(detail));
    this.survey.addEventListener("answered", ({ detail }) => keepAnswer(this.store, detail));
    this.thread.freshLink = (id) => call(`files/${id}`);
    this.thread.addEventListener("retry", ({ detail }) => this.outbox.retry(detail));
    this.thread.addEventListener("drop", ({ detail }) => this.outbox.drop(detail));
    this.composer.begin({
      upload: (...given) => this.session.upload(...given),
      keepDraft: (draft) => this.store.write({ draft }),
      draft: this.store.read().draft,
    });
    this.composer.addEventListener("write", ({ detail }) => this.#write(detail));
    this.composer.addEventListener("typing", ({ detail }) => this.#tellTyping(detail));
    const doing = new Map([
      ["list", () => this.#showList()],
      ["new", () => this.#showWelcome()],
      ["earlier", () => this.#look(this.#earlier())],
      ["close", () => this.host.tell("close")],
    ]);
    this.addEventListener("click", (event) => doing.get(event.target.closest("[data-do]")?.dataset.do)?.());
    addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && this.host.tell("close"));
    addEventListener("visibilitychange", () => this.#markRead());
  }

  #connectHost() {
    this.host.addEventListener("hello", ({ detail }) => {
      this.session.page = detail.page;
      this.host.tell("ready");
    });
    this.host.addEventListener("open", ({ detail }) => {
      this.#isOpen = true;
      this.isQuiet = Boolean(detail.isQuiet); // nobody asked for it just now: the focus stays where it is
      this.#begin();
      this.#focus();
      this.#markRead();
    });
    this.host.addEventListener("close", () => (this.#isOpen = false));
    this.host.addEventListener("identify", ({ detail }) => this.#identify(String(detail.token)));
    this.host.addEventListener("shutdown", () => this.#shutdown());
  }

  #connectDesk() {
    this.session.addEventListener("begun", ({ detail }) => this.#begun(detail));
    this.outbox.addEventListener("changed", () => this.#render());
    this.outbox.addEventListener("sent", ({ detail }) => this.#sent(detail));
    this.stream.addEventListener("open", () => this.#catchUp());
    this.stream.addEventListener("reset", () => this.#catchUp());
    this.stream.addEventListener("lost", () => this.#sayOffline(true));
    this.stream.addEventListener("happened", ({ detail }) => this.#happened(detail));
    this.stream.addEventListener("typing", ({ detail }) => this.#sayTyping(detail));
    addEventListener("offline", () => this.#sayOffline(true));
  }

  // The session begins when the messenger is opened for the first time on this page, not before.
  async #begin(identity) {
    if (this.isBegun) return;
    this.isBegun = true;
    const { at, queue } = this.store.read();
    const waiting = queue?.find((entry) => !entry.conversation);
    if (at) this.#show({ id: at });
    else if (waiting) this.#showFresh(waiting.fresh);
    for (let pauseMs = 1000; !(await this.#hasSession(identity)); pauseMs = Math.min(30_000, 2 * pauseMs)) {
      this.#sayOffline(true);
      await wait(pauseMs * (0.5 + Math.random()));
    }
    this.#sayOffline(false);
    this.session.endEarlier();
    this.stream.run();
    this.outbox.flush();
  }

  async #hasSession(identity) {
    try {
      return await this.session.begin(identity);
    } catch (error) {
      if (identity && error instanceof Refused && !error.isForNow) return this.#hasSession(); // a bad proof: as anybody else
      return null;
    }
  }

  #begun({ expectation, has_email: hasEmail, isAnother }) {
    this.#sayByMail(hasEmail);
    if (isAnother) {
      this.outbox.startOver();
      this.store.write({ at: null, answered: null });
      if (this.#conversation) this.#showWelcome();
    }
    this.#part("soon").dataset.hours = this.#part("expectation").textContent = expectation.text;
    this.#part("detail").textContent = expectation.detail;
    this.#sayHead();
  }

  #sayByMail(hasEmail) {
    this.hasEmail = hasEmail;
    const part = this.#part("by-mail");
    part.textContent = hasEmail ? part.dataset.known : part.dataset.unknown;
  }

  // Under the name: who is here, else what the hours promise; the welcome says that itself.
  #sayHead() {
    const part = this.#part("soon");
    clearTimeout(this.hereOver);
    const isTalk = this.view === "chat" && this.#conversation?.status !== "resolved";
    const here = isTalk ? whoIsHere([...this.#items.values()], this.#typist) : null;
    part.hidden = this.view !== "chat" && this.view !== "list";
    part.textContent = here ? fill(part.dataset.here, here) : part.dataset.hours;
    if (here) this.hereOver = setTimeout(() => this.#sayHead(), here.leftMs);
  }

  async #identify(identity) {
    if (!this.isBegun) return this.#begin(identity);
    if (await this.#hasSession(identity)) this.#catchUp();
  }

  async #shutdown() {
    this.stream.stop();
    await this.session.end();
    this.host.tell("gone");
  }

  // What is shown

  #switch(name) {
    for (const view of this.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== name;
    this.view = name;
    this.composer.hidden = name === "list";
    this.body.scrollTop = 0;
    this.#sayHead();
  }

  #showWelcome() {
    this.#forget();
    this.#switch("welcome");
    this.#look(this.#listConversations());
    this.#focus();
  }

  #showList() {
    this.#switch("list");
    this.#view("list").querySelector("h2").focus();
    this.#look(this.#listConversations());
  }

  #showFresh(name) {
    this.#forget();
    this.#fresh = name;
    this.#switch("chat");
    this.#render();
  }

  #show(conversation) {
    this.#forget();
    this.#conversation = conversation;
    this.store.write({ at: conversation.id });
    this.#switch("chat");
    this.#render();
  }

  #forget() {
    this.#items.clear();
    this.#conversation = this.#fresh = this.#before = this.#typist = null;
    this.store.write({ at: null });
    this.survey.forget();
  }

  #focus() {
    if (this.isQuiet && !document.hasFocus()) return;
    if (!matchMedia("(pointer: coarse)").matches && !this.composer.hidden) this.composer.text.focus();
    else this.querySelector("h1").focus();
  }

  #catchUp() {
    this.#sayOffline(false);
    this.outbox.flush();
    this.#look(this.#listConversations());
    this.#look(this.#refresh());
  }

  // Looks that fail come again by themselves: gone conversations end at the welcome, the rest after a pause.
  #look(looking) {
    looking.catch((error) => {
      if (error instanceof Refused && error.status === 404) return this.#showWelcome();
      if (error instanceof Refused && !error.isForNow) throw error;
      clearTimeout(this.again);
      this.again = setTimeout(() => this.#catchUp(), Math.max(3000, 1000 * (error.retryAfterS ?? 0)));
    });
  }

  async #refresh() {
    const id = this.#conversation?.id;
    if (!id) return;
    const asked = (this.#asked += 1);
    const page = await this.session.call(`messages?conversation=${encodeURIComponent(id)}`);
    if (asked !== this.#asked || this.#conversation?.id !== id) return; // a later answer is on its way
    if (this.#items.size && !page.items.some((item) => this.#items.has(item.id))) this.#items.clear(); // too much happened meanwhile
    if (!this.#items.size) this.#before = page.before;
    this.#take(page.items);
    this.#conversation = page.conversation;
    this.#render();
    this.#markRead();
  }

  async #earlier() {
    const asked = `messages?conversation=${encodeURIComponent(this.#conversation.id)}&before=${encodeURIComponent(this.#before)}`;
    const page = await this.session.call(asked);
    const fromEnd = this.body.scrollHeight - this.body.scrollTop;
    this.#before = page.before;
    this.#take(page.items);
    this.#render();
    this.body.scrollTop = this.body.scrollHeight - fromEnd;
  }

  #take(items) {
    for (const item of items) this.#items.set(item.id, item);
    const inOrder = [...this.#items.values()].sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : Date.parse(a.at) - Date.parse(b.at)));
    this.#items = new Map(inOrder.map((item) => [item.id, item]));
  }

  #render() {
    if (this.view !== "chat") return;
    const isAtEnd = this.body.scrollHeight - this.body.scrollTop - this.body.clientHeight < 80;
    const here = this.#conversation?.id;
    const entries = this.outbox.entries.filter((entry) => (here ? entry.conversation === here : entry.fresh === this.#fresh));
    this.thread.show([...this.#items.values()], entries, this.outbox.isWaiting);
    this.#view("chat").querySelector("[data-do=earlier]").hidden = !this.#before;
    this.#sayHead();
    const isAsked = this.#sayClosed();
    this.leave.conversation = here;
    this.leave.hidden = !here || this.#conversation.status === "resolved" || (this.hasEmail && !this.leave.form.hidden);
    if (isAsked && isAtEnd) {
      this.thread.lastElementChild?.scrollIntoView({ block: "start" }); // the last words, then the questions
      this.survey.firstQuestion.scrollIntoView({ block: "nearest" }); // the first of them in sight, however long the words
    } else if (isAtEnd || this.#justWrote) this.body.scrollTop = this.body.scrollHeight;
    this.#justWrote = false;
  }

  #sayClosed() {
    const { id, status, agent, survey } = this.#conversation ?? {};
    const closed = this.#part("closed");
    const isClosed = status === "resolved";
    closed.hidden = !isClosed;
    this.#part("typing").hidden = isClosed;
    closed.lastElementChild.textContent = agent ? fill(closed.dataset.by, { name: agent }) : closed.dataset.byUs;
    this.survey.conversation = id;
    return this.survey.show(isClosed ? (survey ?? keptAnswer(this.store, id)) : null);
  }

  async #listConversations() {
    const { items } = await this.session.call("conversations");
    const open = items.filter((item) => item.status !== "resolved");
    const part = this.#part("open-ones");
    part.hidden = !open.length;
    part.querySelector("ul").replaceChildren(...open.map((item) => this.#link(item)));
    this.#part("all").replaceChildren(...items.map((item) => this.#link(item)));
    this.#part("none").hidden = Boolean(items.length);
    const here = this.#isSeen ? this.#conversation?.id : null;
    this.#count(items.filter((item) => item.unread && item.id !== here).map((item) => item.id));
  }

  #link(item) {
    const row = copy("link").firstElementChild;
    const [what, more] = row.querySelectorAll(".links__words > *");
    what.textContent = item.subject || item.preview;
    const state = { open: this.dataset.open, waiting: this.dataset.waiting, resolved: this.dataset.resolved }[item.status];
    more.textContent = [state, moment(new Date(item.last_message_at))].filter(Boolean).join(" · ");
    row.querySelector(".links__new").hidden = !item.unread;
    row.querySelector("button").addEventListener("click", () => {
      this.#show(item);
      this.#focus();
      this.#look(this.#refresh());
    });
    return row;
  }

  // What happens

  #write({ body, files }) {
    if (this.view !== "chat") this.#showFresh(crypto.randomUUID());
    this.#justWrote = true;
    this.outbox.add({ body, files, conversation: this.#conversation?.id ?? null, fresh: this.#fresh });
  }

  #sent({ entry, answer }) {
    this.#sayOffline(false);
    const isHere = entry.conversation ? entry.conversation === this.#conversation?.id : entry.fresh === this.#fresh;
    if (!isHere) return;
    if (!this.#conversation) {
      this.#conversation = { id: answer.conversation, number: answer.number, status: "open" };
      this.store.write({ at: answer.conversation });
    }
    this.#take([{ ...entry, id: answer.id, at: answer.at, author: "customer" }]);
    this.#render();
    if (entry.files.length || this.#conversation.status === "resolved") this.#look(this.#refresh());
  }

  #happened({ kind, conversation, message }) {
    if (kind === "conversation.reply_written") this.host.tell("message", { conversation });
    if (conversation === this.#conversation?.id) {
      if (kind === "conversation.reply_written") this.#sayTyping({ conversation, is_typing: false });
      if (!message || !this.#items.has(message)) this.#look(this.#refresh());
    }
    if (conversation !== this.#conversation?.id || !this.#isSeen) this.#look(this.#listConversations());
  }

  get #isSeen() {
    return this.#isOpen && this.view === "chat" && document.visibilityState === "visible";
  }

  #markRead() {
    const last = [...this.#items.values()].findLast((item) => item.author !== "customer");
    if (!last || !this.#isSeen || last.id === this.readUpTo) return;
    this.readUpTo = last.id;
    this.#unread.delete(this.#conversation.id);
    this.#count(this.#unread);
    const body = { conversation: this.#conversation.id, up_to: last.id }; // what came since then is not read
    this.session.call("read", { body }).catch(() => (this.readUpTo = null));
  }

  #count(conversations) {
    this.#unread = new Set(conversations);
    this.host.tell("unread", { count: this.#unread.size });
  }

  #tellTyping(isTyping) {
    const conversation = this.#conversation?.id;
    if (conversation) this.session.call("typing", { body: { conversation, is_typing: isTyping }, keepalive: true }).catch(() => this.#sayOffline(!navigator.onLine)); // nothing to mend: it says itself again
  }

  #sayTyping({ conversation, name, is_typing: isTyping }) {
    if (conversation !== this.#conversation?.id) return;
    const part = this.#part("typing");
    clearTimeout(this.typingOver);
    if (isTyping) this.#typist = { name, at: Date.now() };
    this.#sayHead();
    part.firstElementChild.hidden = !isTyping;
    part.lastElementChild.textContent = isTyping ? fill(part.dataset.words, { name }) : "";
    if (isTyping) this.typingOver = setTimeout(() => this.#sayTyping({ conversation, is_typing: false }), TYPING_LASTS_MS);
  }

  // A break of a moment (the desk starts again) is mended before anybody has to be told.
  #sayOffline(isOffline) {
    const banner = this.#part("offline");
    clearTimeout(this.soon);
    if (isOffline && navigator.onLine) this.soon = setTimeout(() => (banner.hidden = false), PATIENCE_MS);
    else banner.hidden = !isOffline;
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  #view(name) {
    return this.querySelector(`[data-view="${name}"]`);
  }
}

customElements.define("visitor-messenger", VisitorMessenger);
