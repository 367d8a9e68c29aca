// <short-survey>: two questions and why, after a conversation is resolved. Each answer is kept as soon as it is given, and
// may be changed for a week;
// <leave-address>: where the reply goes when the visitor has gone.

import { Refused } from "./session.js";
import { fill } from "./words.js";

const CHANGE_OF_MIND_MS = 600; // arrow keys run over the scale; only where they stop is an answer

class ShortSurvey extends HTMLElement {
  #token = null;
  #given = {};
  #isDone = false;
  #timer = 0;

  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("change", (event) => event.target.type === "radio" && this.#chose(event.target));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#finish();
    });
    this.querySelector("[data-do=change]").addEventListener("click", () => {
      this.#turn({ isDone: false });
      this.firstQuestion.querySelector("input:checked, input").focus();
    });
  }

  get firstQuestion() {
    return this.querySelector("fieldset");
  }

  // asked: {token, given, isDone} of the open invitation or of the answer that may still be changed, or null.
  // Questions once begun stay until they are sent. True when they are new on the page.
  show(asked) {
    const token = asked?.token ?? null;
    if (token === this.#token || (!token && this.#isBegun && !this.#isDone)) return false;
    this.#token = token;
    this.#given = { ...asked?.given };
    this.form.reset();
    for (const [question, point] of Object.entries(this.#given)) this.form.elements[question].value = point;
    this.hidden = !token;
    this.#turn({ isDone: Boolean(asked?.isDone) });
    return Boolean(token) && !this.#isDone;
  }

  // Another conversation is shown: its questions are its own.
  forget() {
    clearTimeout(this.#timer);
    this.#given = {};
    this.show(null);
  }

  #turn({ isDone }) {
    this.#isDone = isDone;
    this.form.hidden = isDone;
    this.#part("thanks").hidden = !isDone;
    this.dispatchEvent(new CustomEvent("asking", { detail: Boolean(this.#token) && !isDone }));
  }

  get #isBegun() {
    return Boolean(this.#given.csat || this.#given.effort);
  }

  #chose(input) {
    this.#given[input.name] = Number(input.value);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(this.#given), CHANGE_OF_MIND_MS);
  }

  async #finish() {
    clearTimeout(this.#timer);
    const why = this.form.elements.why.value.trim();
    if (!(await this.#send({ ...this.#given, ...(why && { why }) }, true))) return;
    this.#turn({ isDone: true });
    this.#part("thanks").focus();
  }

  async #send(answers, isDone = false) {
    const error = this.#part("error");
    const { csat, effort } = answers;
    const asked = { conversation: this.conversation, token: this.#token, given: { csat, effort }, isDone };
    try {
      await this.call("feedback", { body: { token: asked.token, ...answers } });
      this.dispatchEvent(new CustomEvent("answered", { detail: asked }));
      error.hidden = true;
      return true;
    } catch (refusal) {
      error.textContent = (refusal instanceof Refused && refusal.message) || this.failed;
      error.hidden = false;
      return false;
    }
  }

  #part(name) {
    return this.querySelector(`[data-part=${name}]`);
  }
}

class LeaveAddress extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#leave(this.form.elements.email);
    });
  }

  async #leave(field) {
    const error = this.querySelector("[role=alert]");
    error.hidden = true;
    if (!field.value.trim() || !field.checkValidity()) return this.#refuse(field, error, error.dataset.bad);
    try {
      await this.call("leave", { body: { email: field.value.trim(), conversation: this.conversation } });
    } catch (refusal) {
      return this.#refuse(field, error, (refusal instanceof Refused && refusal.message) || this.failed);
    }
    field.ariaInvalid = null;
    this.form.hidden = true;
    this.querySelector("[role=status]").textContent = fill(this.dataset.thanks, { address: field.value.trim() });
    this.dispatchEvent(new Event("left"));
  }

  #refuse(field, error, words) {
    error.textContent = words;
    error.hidden = false;
    field.ariaInvalid = "true";
    field.focus();
  }
}

customElements.define("short-survey", ShortSurvey);
customElements.define("leave-address", LeaveAddress);
