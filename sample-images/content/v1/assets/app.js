"use strict";

const query = document.getElementById("query");
const results = document.getElementById("results");

async function start() {
  const notes = await (await fetch("search-index.json")).json();
  const index = lunr(function () {
    this.ref("path");
    this.field("title");
    this.field("text");
    notes.forEach((note) => this.add(note));
  });
  const titles = new Map(notes.map((note) => [note.path, note.title]));
  query.addEventListener("input", () => show(index.search(query.value), titles));
  show(notes.map((note) => ({ ref: note.path })), titles);
}

function show(hits, titles) {
  results.replaceChildren(...hits.map((hit) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = hit.ref;
    link.textContent = titles.get(hit.ref);
    item.append(link);
    return item;
  }));
}

start();
