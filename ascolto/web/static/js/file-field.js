// <file-field>: the browser's own file button speaks the browser's language; ours speaks the page's, and lists what was chosen.
class FileField extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.chosen = this.querySelector("ul");
    this.querySelector("label").hidden = false;
    this.input.classList.add("unseen");
    this.input.addEventListener("change", () => this.#list());
    this.#list(); // a browser that goes back keeps what was chosen
  }

  #list() {
    const rows = [...this.input.files].map((file) => {
      const row = document.createElement("li");
      row.textContent = file.name;
      row.dir = "auto";
      return row;
    });
    this.chosen.replaceChildren(...rows);
    this.chosen.hidden = !rows.length;
  }
}

customElements.define("file-field", FileField);
