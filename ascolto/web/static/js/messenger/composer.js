// <message-composer>: words and files of one message. What is written stays in the browser until it is sent.

import { Refused } from "./session.js";
import { copy, fill, size } from "./words.js";

const TYPING_AGAIN_MS = 3000;
const TYPING_OVER_MS = 5000;

class MessageComposer extends HTMLElement {
  #files = []; // {node, file?, id?, name, size, type, stop}
  #typedAt = 0;
  #silence = 0;

  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.querySelector("textarea");
    this.picker = this.querySelector("input[type=file]");
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("input", () => this.#typed());
    addEventListener("pagehide", () => this.#quiet());
    this.querySelector("[data-do=attach]").addEventListener("click", () => this.picker.click());
    this.picker.addEventListener("change", () => {
      this.add(this.picker.files);
      this.picker.value = "";
    });
    this.text.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.add(event.clipboardData.files);
    });
    this.#letDrop(this.closest("main"));
  }

  // What connects it: where files go, where the draft is kept.
  begin({ upload, keepDraft, draft }) {
    this.upload = upload;
    this.keepDraft = keepDraft;
    this.text.value ||= draft ?? "";
  }

  // Something else on the screen is asked of the visitor first: one way on is the chief one.
  giveWay(isAsked) {
    this.querySelector("[data-part=send]").classList.toggle("button--primary", !isAsked);
  }

  add(files) {
    this.#say("");
    for (const file of files) this.#add(file);
  }

  #add(file) {
    const { limitBytes, limitFiles, tooLarge, tooMany, empty } = this.dataset;
    if (this.#files.filter((each) => !each.isRefused).length >= Number(limitFiles)) return this.#say(tooMany);
    const node = copy("upload").firstElementChild;
    const each = { node, name: file.name, size: file.size, type: file.type, stop: new AbortController() };
    node.querySelector(".file__name").textContent = file.name;
    node.querySelector(".file__size").textContent = size(file.size);
    const remove = node.querySelector("button");
    remove.ariaLabel = fill(remove.ariaLabel, { name: file.name });
    remove.addEventListener("click", () => this.#remove(each));
    this.#files.push(each);
    this.#uploads.append(node);
    this.#uploads.hidden = false;
    if (file.size > Number(limitBytes)) this.#refuse(each, tooLarge);
    else if (!file.size) this.#refuse(each, empty);
    else this.#send(each, file);
  }

  async #send(each, file) {
    const progress = each.node.querySelector("progress");
    try {
      const kept = await this.upload(file, (pct) => (progress.value = pct), each.stop.signal);
      Object.assign(each, { id: kept.id, name: kept.name, size: kept.size, type: kept.type });
      progress.remove();
      this.#say(fill(this.dataset.added, { name: kept.name }));
    } catch (error) {
      this.#refuse(each, error instanceof Refused ? error.message || this.dataset.refused : this.dataset.dropped);
    }
  }

  #refuse(each, why) {
    each.isRefused = true;
    each.node.querySelector(".file").classList.add("file--refused");
    each.node.querySelector("progress")?.remove();
    each.node.querySelector(".file__size").textContent = why;
    this.#say(why);
  }

  #remove(each) {
    each.stop.abort();
    each.node.remove();
    this.#files = this.#files.filter((other) => other !== each);
    this.#uploads.hidden = !this.#files.length;
    this.text.focus();
  }

  #submit(event) {
    event.preventDefault();
    const files = this.#files.filter((each) => !each.isRefused);
    if (files.some((each) => !each.id)) return this.#say(this.dataset.onItsWay);
    const body = this.text.value.trim();
    if (!body && !files.length) return this.text.focus();
    this.dispatchEvent(new CustomEvent("write", { detail: { body, files: files.map(({ id, name, size, type }) => ({ id, name, size, type })) } }));
    this.#files = [];
    this.#uploads.replaceChildren();
    this.#uploads.hidden = true;
    this.text.value = "";
    this.keepDraft("");
    this.#say("");
    this.#quiet();
    this.text.focus();
  }

  #key(event) {
    const hasKeyboard = !matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !hasKeyboard) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #typed() {
    this.keepDraft(this.text.value);
    if (Date.now() - this.#typedAt > TYPING_AGAIN_MS) this.#tellTyping(true);
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#quiet(), TYPING_OVER_MS);
  }

  #quiet() {
    clearTimeout(this.#silence);
    if (this.#typedAt) this.#tellTyping(false);
  }

  #tellTyping(isTyping) {
    this.#typedAt = isTyping ? Date.now() : 0;
    this.dispatchEvent(new CustomEvent("typing", { detail: isTyping }));
  }

  #letDrop(place) {
    const mark = (isOver) => this.form.classList.toggle("composer--drop", isOver);
    place.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      mark(true);
    });
    place.addEventListener("dragleave", (event) => place.contains(event.relatedTarget) || mark(false));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      mark(false);
      this.add(event.dataTransfer.files);
    });
  }

  get #uploads() {
    return this.querySelector("[data-part=uploads]");
  }

  #say(words) {
    this.querySelector("[data-part=say]").textContent = words;
  }
}

customElements.define("message-composer", MessageComposer);
