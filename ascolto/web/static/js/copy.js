// A button beside a field that is only read: takes its words to the clipboard. Without script there is no button.
class CopyField extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    if (!field || !navigator.clipboard || this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = this.dataset.copy;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = this.dataset.copied;
      } catch {
        field.select(); // the browser does not allow it: one key is left to press
      }
    });
    this.append(button);
  }
}

customElements.define("copy-field", CopyField);
