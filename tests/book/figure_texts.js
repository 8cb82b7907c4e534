// Every text of every figure of the page, with its place in pixels. Matplotlib writes a text as outlines in a
// group of its own, after a comment with the words.
const done = arguments[arguments.length - 1];
const figures = [...document.querySelectorAll(".bd-article img[src$='.svg']")];
Promise.all(figures.map(async image => {
  const file = await (await fetch(image.src)).text();
  const holder = document.body.appendChild(document.createElement("div"));
  holder.innerHTML = file.slice(file.indexOf("<svg"));
  const frame = holder.querySelector("svg").getBoundingClientRect();
  const texts = [...holder.querySelectorAll("g[id^='text_']")].map(group => {
    const box = group.getBoundingClientRect();
    const words = [...group.childNodes].find(node => node.nodeType === Node.COMMENT_NODE);
    return { words: words ? words.data.trim() : "",
             left: box.left - frame.left, right: box.right - frame.left,
             top: box.top - frame.top, bottom: box.bottom - frame.top };
  }).filter(text => text.right > text.left);
  holder.remove();
  return { alt: image.alt, width: frame.width, height: frame.height, texts };
})).then(done);
