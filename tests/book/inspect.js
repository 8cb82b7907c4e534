// What a reader would notice on the open page, as plain data. Returned to Python by `execute_script`.
const WIDTH = arguments[0];
const article = document.querySelector(".bd-article") || document.querySelector("main") || document.body;

function visible(element) {
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return style.visibility !== "hidden" && style.display !== "none" && box.width > 0 && box.height > 0 &&
    element.checkVisibility({ opacityProperty: true });
}

function describe(element) {
  const text = (element.textContent || element.alt || "").trim().replace(/\s+/g, " ").slice(0, 60);
  return `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") || ""}"> ${text}`;
}

function scrollsItself(element) {
  for (let box = element; box && box !== document.body; box = box.parentElement) {
    if (["auto", "scroll", "hidden"].includes(getComputedStyle(box).overflowX)) return true;
  }
  return false;
}

// Colours of text and of what lies behind it, as numbers from 0 to 255 and an opacity from 0 to 1.
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
function rgba(css) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = css;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha / 255];
}
const over = (top, bottom) => [0, 1, 2].map(i => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1);
function background(element) {
  const layers = [];
  for (let box = element; box; box = box.parentElement) {
    const layer = rgba(getComputedStyle(box).backgroundColor);
    if (layer[3] > 0) layers.push(layer);
    if (layer[3] === 1) break;
  }
  return layers.reverse().reduce((bottom, top) => over(top, bottom), [255, 255, 255, 1]);
}
function luminance(colour) {
  const linear = colour.slice(0, 3).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}
function contrast(first, second) {
  const [dark, light] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
function faintText() {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || element.closest("script, style, noscript, mjx-assistive-mml") || !visible(element)) continue;
    const style = getComputedStyle(element);
    const behind = background(element);
    const ratio = contrast(over(rgba(style.color), behind), behind);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5) - 0.05) {
      found.push(`${ratio.toFixed(2)} for "${text.slice(0, 40)}" in ${describe(element)}`);
    }
  }
  return [...new Set(found)];
}

const text = element => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("pre, code, mjx-container, script, style, .cell_input").forEach(part => part.remove());
  return copy.textContent;
};

return {
  title: document.title,
  theme: document.documentElement.dataset.theme,
  pageWidth: document.documentElement.scrollWidth,
  tooWide: [...document.body.querySelectorAll("*")]
    .filter(element => visible(element) && element.getBoundingClientRect().right > WIDTH + 1 && !scrollsItself(element))
    .map(describe).slice(0, 10),
  images: [...document.images].map(image => ({
    source: image.getAttribute("src"), alt: image.getAttribute("alt"), shown: visible(image),
    loaded: image.complete && image.naturalWidth > 0, width: image.getBoundingClientRect().width,
    right: image.getBoundingClientRect().right, article: article.contains(image),
    background: getComputedStyle(image).backgroundColor, filter: getComputedStyle(image).filter,
  })),
  formulas: document.querySelectorAll(".math").length,
  formulasSet: document.querySelectorAll(".math mjx-container").length,
  formulaErrors: [...document.querySelectorAll("mjx-merror, [data-mjx-error]")].map(describe),
  text: text(article),
  faintText: faintText(),
};
