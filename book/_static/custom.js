// The theme listens to the first menu button of a page only, and that one stands in a bar that it hides. So the
// buttons that readers see pass their click on. (sphinx-book-theme 1.3 with pydata-sphinx-theme 0.17; a browser
// test in tests/book opens the menu.)
document.addEventListener("DOMContentLoaded", () => {
  for (const kind of [".primary-toggle", ".secondary-toggle"]) {
    const [first, ...others] = document.querySelectorAll(kind);
    for (const button of others) {
      button.addEventListener("click", () => first.click());
    }
  }
});
