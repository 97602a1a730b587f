/* Leaves the little words of a question out of the search. Material looks for every word that begins
like a typed one, so "a" would find all headings with a word in a-, and "to" all with "token". The index
has none of these words (they are lunr's own list), so nothing is lost. */
"use strict";
(() => {
  const LITTLE = new Set(
    ("a able about across after all almost also am among an and any are as at be because been but by can cannot could dear " +
      "did do does either else ever every for from get got had has have he her hers him his how however i if in into is it " +
      "its just least let like likely may me might most must my neither no nor not of off often on only or other our own " +
      "rather said say says she should since so some than that the their them then there these they this tis to too twas us " +
      "wants was we were what when where which while who whom why will with would yet you your").split(" ")
  );
  const QUERY = 2; // the type of this message in Material's search
  const SIGNS = /["+~^:*]|(^|\s)-/; // the reader's own search signs

  const question = (text) => {
    const typed = text.trim().split(/[\s-]+/);
    const kept = typed.filter((word) => !LITTLE.has(word.toLowerCase().replace(/[?.,!]+$/, "")));
    return SIGNS.test(text) || !kept.length ? text : kept.join(" ").replace(/[?.,!]+$/, "");
  };

  window.Worker = class extends window.Worker {
    postMessage(message, ...rest) {
      const query = message?.type === QUERY && typeof message.data === "string";
      super.postMessage(query ? { ...message, data: question(message.data) } : message, ...rest);
    }
  };
})();
