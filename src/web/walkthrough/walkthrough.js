// @ts-check
// The walkthrough: shows the article in the reader's language.

import { at } from "../common/page.js";
import { language, speak, whenSwitched } from "../common/words.js";

speak(at("language"));
const articles = [...document.querySelectorAll("article")];
show(language());
whenSwitched(show);

// A link from someone who reads the other language leads to the same heading in this one.
const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
const hidden = articles.find((article) => article.hidden && article.contains(target));
const shown = articles.find((article) => !article.hidden);
if (target && hidden && shown) headings(shown)[headings(hidden).indexOf(target)]?.scrollIntoView();

/** @param {string} language */
function show(language) {
  for (const article of articles) article.hidden = article.lang !== language;
}

/** @param {HTMLElement} article */
function headings(article) {
  return [...article.querySelectorAll("[id]")];
}
