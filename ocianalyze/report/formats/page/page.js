"use strict";
// Tables that sort and search, and the maps. Whatever the image names reaches the page as text only: textContent.
(() => {
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  root.classList.add("scripted");

  const make = (tag, kind, text) => {
    const made = document.createElement(tag);
    if (kind) made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const size = (count) => {
    if (count < 1000) return `${count} B`;
    const unit = Math.min(Math.floor(Math.log10(count) / 3), 6);
    return `${(count / 1000 ** unit).toFixed(1)} ${["", "kB", "MB", "GB", "TB", "PB", "EB"][unit]}`;
  };
  const percent = (part, whole) => `${(whole ? (100 * part) / whole : 0).toFixed(1)}%`;
  const counted = (count) => `${count.toLocaleString("en-US")} ${count === 1 ? "file" : "files"}`;

  // Light and dark
  $("theme").addEventListener("click", () => {
    const dark = getComputedStyle(root).colorScheme === "dark";
    root.dataset.theme = dark ? "light" : "dark";
  });

  // Tables
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return "v" in cell.dataset ? Number(cell.dataset.v) : cell.textContent;
  };
  const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true }));
  for (const header of document.querySelectorAll("thead th")) {
    header.firstElementChild.addEventListener("click", () => {
      const table = header.closest("table");
      const column = header.cellIndex;
      const first = header.classList.contains("n") ? "descending" : "ascending";
      const second = first === "ascending" ? "descending" : "ascending";
      const order = header.getAttribute("aria-sort") === first ? second : first;
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const rows = [...table.tBodies[0].rows].map((row) => [valueOf(row, column), row]);
      rows.sort((a, b) => sign * compare(a[0], b[0]));
      table.tBodies[0].append(...rows.map((pair) => pair[1]));
    });
  }
  for (const input of document.querySelectorAll("input[data-for]")) {
    const rows = [...$(input.dataset.for).tBodies[0].rows];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, i) => {
        row.hidden = !words.every((word) => texts[i].includes(word));
        shown += !row.hidden;
      });
      input.closest(".tools").querySelector("output").value = words.length ? `${shown} of ${rows.length}` : "";
    });
  }

  // Maps: a tree in flat arrays, largest names first. -1 in a list of boxes is the rest of a directory.
  const data = JSON.parse($("data").textContent);
  const trees = { merged: data.merged, waste: data.waste };
  for (const tree of Object.values(trees)) {
    tree.children = tree.name.map(() => []);
    tree.parent.forEach((parent, i) => parent >= 0 && tree.children[parent].push(i));
    tree.rest = tree.size.map((whole, i) => tree.children[i].reduce((left, child) => left - tree.size[child], whole));
    tree.restFiles = tree.files.map((all, i) => tree.children[i].reduce((left, child) => left - tree.files[child], all));
  }
  const map = $("map");
  let name = "merged";
  let tree = trees.merged;
  let top = 0;
  let boxes = [];
  let hits = null;
  const MOST_BOXES = 4000;
  const LONGEST = 500; // characters of a path: one can have thousands of directories

  const isDirectory = (i) => tree.name[i].endsWith("/");
  const pathOf = (i) => {
    const parts = [];
    for (let at = i; at >= 0; at = tree.parent[at]) parts.push(tree.name[at]);
    const path = parts.reverse().join("");
    return path.length > LONGEST ? `\u2026${path.slice(-LONGEST)}` : path;
  };
  const about = (i, rest) => {
    const whole = tree.size[0];
    if (rest) return `${pathOf(i)}: the rest, ${size(tree.rest[i])} in ${counted(tree.restFiles[i])}`;
    const said = `${pathOf(i)}: ${size(tree.size[i])}, ${percent(tree.size[i], whole)}`;
    if (isDirectory(i)) return `${said}, ${counted(tree.files[i])}`;
    const layer = tree.layer[i];
    if (name === "merged") return `${said}, layer ${layer}: ${data.layers[layer] || ""}`;
    return `${said}, ${data.causes[tree.cause[i]]}, written by layer ${layer}, hidden by layer ${tree.killed_by[i]}`;
  };
  // The layers with most of the bytes have a colour each; where there are too many, the last is for all others.
  const COLOURS = 12;
  const alone = () => (tree.parts.length > COLOURS ? COLOURS - 1 : COLOURS);
  const ofLayer = (layer) => {
    const rank = tree.parts.findIndex((part) => part[0] === layer);
    return `c${rank >= 0 && rank < alone() ? rank : COLOURS - 1}`;
  };
  const colour = (i) => (name === "merged" ? ofLayer(tree.layer[i]) : `w${tree.cause[i]}`);

  // Squarified treemaps (Bruls, Huizing, van Wijk 2000): rows of boxes as square as they get.
  const squarify = (sizes, x, y, w, h) => {
    const scale = (w * h) / sizes.reduce((sum, one) => sum + one, 0);
    const placed = [];
    let at = 0;
    while (at < sizes.length) {
      const side = Math.min(w, h);
      let sum = 0;
      let worst = Infinity;
      let end = at;
      while (end < sizes.length) {
        const more = sum + sizes[end] * scale;
        const next = Math.max((side * side * sizes[at] * scale) / more ** 2, more ** 2 / (side * side * sizes[end] * scale));
        if (next > worst) break;
        [worst, sum] = [next, more];
        end += 1;
      }
      if (end === at) [end, sum] = [at + 1, sizes[at] * scale];
      const thick = side > 0 ? sum / side : 0;
      let along = 0;
      for (; at < end; at += 1) {
        const long = thick > 0 ? (sizes[at] * scale) / thick : 0;
        placed.push(w >= h ? [x, y + along, thick, long] : [x + along, y, long, thick]);
        along += long;
      }
      if (w >= h) [x, w] = [x + thick, Math.max(0, w - thick)];
      else [y, h] = [y + thick, Math.max(0, h - thick)];
    }
    return placed;
  };
  // A directory's bar for its name, where there is room for one.
  const headOf = (box) => (box.w > 44 && box.h > 34 ? 18 : 2);
  const layout = (width, height) => {
    const found = [];
    const pending = [{ i: top, x: -2, y: -2, w: width + 4, h: height + 4, head: 2 }];
    while (pending.length && found.length < MOST_BOXES) {
      // The largest next, so that what no room is left for is small.
      let largest = 0;
      pending.forEach((one, n) => {
        if (one.w * one.h > pending[largest].w * pending[largest].h) largest = n;
      });
      const [outer] = pending.splice(largest, 1);
      outer.open = true;
      const items = tree.children[outer.i].map((i) => [tree.size[i], i]);
      if (tree.rest[outer.i] > 0) items.push([tree.rest[outer.i], -1]);
      items.sort((a, b) => b[0] - a[0]);
      const sizes = items.map((item) => item[0]);
      const head = outer.head || headOf(outer);
      squarify(sizes, outer.x + 2, outer.y + head, outer.w - 4, outer.h - head - 2).forEach(([x, y, w, h], n) => {
        const i = items[n][1];
        if (w < 3 || h < 3) return;
        const box = { i: i < 0 ? outer.i : i, rest: i < 0, x, y, w, h };
        found.push(box);
        if (i >= 0 && isDirectory(i) && w > 24 && h > 20) pending.push(box);
      });
    }
    return found;
  };

  const label = (box) => {
    if (box.w < 34 || box.h < 15 || (box.open && headOf(box) < 15)) return "";
    if (box.rest) return box.w < 60 ? "rest" : "the rest";
    return box.h >= 34 && !box.open ? `${tree.name[box.i]}\n${size(tree.size[box.i])}` : tree.name[box.i];
  };
  const draw = () => {
    const [width, height] = [map.clientWidth || 800, map.clientHeight || 480];
    boxes = layout(width, height);
    map.style.setProperty("--ratio", width / height);
    const inHits = hits && new Set(hits);
    if (!boxes.length) return map.replaceChildren(make("p", "", "Nothing here has bytes."));
    map.replaceChildren(
      ...boxes.map((box, n) => {
        const kind = box.rest ? "more" : box.open ? "dir" : isDirectory(box.i) ? "shut" : "file";
        const made = make("div", `box ${kind} ${colour(box.i)}`);
        const [first, second] = label(box).split("\n");
        if (first) made.classList.add("named");
        made.append(first);
        if (second) made.append(make("br"), second);
        made.setAttribute("role", "button");
        made.setAttribute("aria-label", about(box.i, box.rest));
        made.tabIndex = n ? -1 : 0;
        made.dataset.n = n;
        if (inHits && (box.rest || !inHits.has(box.i))) made.classList.add("off");
        // In shares of the map, so that a page on paper has it whole.
        made.style.left = `${(100 * box.x) / width}%`;
        made.style.top = `${(100 * box.y) / height}%`;
        made.style.width = `${(100 * box.w) / width}%`;
        made.style.height = `${(100 * box.h) / height}%`;
        return made;
      }),
    );
  };
  const row = (i, rest, whole, text) => {
    const button = make("button");
    button.type = "button";
    // Of a path that is too long, the start gives way.
    const cut = text.replace(/\/$/, "").lastIndexOf("/") + 1;
    const label = make("span", "name");
    if (cut) label.append(make("span", "in", text.slice(0, cut)));
    label.append(make("span", "base", text.slice(cut)));
    button.append(label, make("span", "size", size(rest ? tree.rest[i] : tree.size[i])));
    const track = make("span", "track");
    const fill = make("i");
    fill.style.width = percent(rest ? tree.rest[i] : tree.size[i], whole);
    track.append(fill);
    button.append(track);
    button.addEventListener("click", () => (rest ? tell(i, true) : open(i)));
    const item = make("li");
    item.append(button);
    return item;
  };
  const list = () => {
    const found = (hits || tree.children[top]).slice(0, 200);
    const rows = found.map((i) => row(i, false, hits ? tree.size[0] : tree.size[top], hits ? pathOf(i) : tree.name[i]));
    if (!hits && tree.rest[top] > 0) rows.push(row(top, true, tree.size[top], `the rest: ${counted(tree.restFiles[top])}`));
    const all = (hits || tree.children[top]).length;
    if (all > found.length) rows.push(make("p", "", `and ${(all - found.length).toLocaleString("en-US")} more`));
    if (hits && !all) rows.push(make("p", "", "nothing in the map has that in its path"));
    $("list").replaceChildren(...rows);
  };
  const crumbs = () => {
    const above = [];
    for (let at = top; at >= 0; at = tree.parent[at]) above.push(at);
    const shown = above.length > 12 ? [...above.slice(0, 10), above[above.length - 1]] : above;
    $("crumbs").replaceChildren(
      ...shown.reverse().map((i) => {
        const button = make("button", "", tree.name[i]);
        button.type = "button";
        if (i === top) button.setAttribute("aria-current", "true");
        button.addEventListener("click", () => open(i));
        return button;
      }),
    );
  };
  const tell = (i, rest) => ($("about").textContent = about(i, rest));
  const legend = () => {
    const items = tree.parts.slice(0, alone()).map(([key, bytes]) => {
      const said = name === "merged" ? `layer ${key}: ${data.layers[key] || ""}` : data.causes[key];
      const item = make("li");
      item.append(make("i", name === "merged" ? ofLayer(key) : `w${key}`), ` ${size(bytes)} ${said}`);
      item.title = said;
      return item;
    });
    if (tree.parts.length > COLOURS) {
      const item = make("li");
      item.append(make("i", `c${COLOURS - 1}`), " other layers");
      items.push(item);
    }
    $("legend").replaceChildren(...items);
  };
  const render = () => {
    crumbs();
    draw();
    list();
    tell(top, false);
  };
  // A directory becomes the whole map; a file is told about, in its directory.
  const open = (i) => {
    const directory = isDirectory(i) ? i : tree.parent[i];
    if (directory !== top || hits) {
      hits = null;
      $("find").value = "";
      top = directory;
      render();
    }
    if (!isDirectory(i)) mark(i);
  };
  const mark = (i) => {
    tell(i, false);
    for (const element of map.children) element.classList.toggle("at", boxes[element.dataset.n].i === i && !boxes[element.dataset.n].rest);
  };
  const focus = (wanted) => {
    const n = Math.max(0, wanted);
    for (const element of map.children) element.tabIndex = Number(element.dataset.n) === n ? 0 : -1;
    if (map.children[n]) map.children[n].focus();
  };
  const boxOf = (event) => {
    const element = event.target.closest(".box");
    return element && boxes[element.dataset.n];
  };
  const activate = (box) => (box.rest ? tell(box.i, true) : open(box.i));
  map.addEventListener("click", (event) => {
    const box = boxOf(event);
    if (box) activate(box);
  });
  for (const kind of ["mouseover", "focusin"]) {
    map.addEventListener(kind, (event) => {
      const box = boxOf(event);
      if (box) tell(box.i, box.rest);
    });
  }
  // The nearest box in the direction of the arrow, by centres.
  const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const beside = (n, [dx, dy]) => {
    const centre = (box) => [box.x + box.w / 2, box.y + box.h / 2];
    const [x, y] = centre(boxes[n]);
    let [best, least] = [n, Infinity];
    boxes.forEach((box, other) => {
      const [ox, oy] = centre(box);
      const ahead = (ox - x) * dx + (oy - y) * dy;
      const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
      const cost = ahead + 2 * aside;
      if (other !== n && ahead > 1 && aside <= 2 * ahead && cost < least) [best, least] = [other, cost];
    });
    return best;
  };
  map.addEventListener("keydown", (event) => {
    const n = Number(event.target.dataset.n);
    if (Number.isNaN(n)) return;
    if (event.key in DIRECTIONS) focus(beside(n, DIRECTIONS[event.key]));
    else if (event.key === "Enter" || event.key === " ") {
      const was = boxes[n];
      activate(was);
      if (!map.contains(document.activeElement)) focus(boxes.findIndex((box) => box.i === was.i && !box.rest));
    } else if ((event.key === "Escape" || event.key === "Backspace") && tree.parent[top] >= 0) {
      const from = top;
      open(tree.parent[top]);
      focus(boxes.findIndex((box) => box.i === from && !box.rest));
    } else return;
    event.preventDefault();
  });
  $("find").addEventListener("input", (event) => {
    const text = event.target.value.toLowerCase();
    hits = null;
    if (text) {
      // Parents come first, so one pass builds every path.
      const paths = [];
      tree.name.forEach((one, i) => paths.push(`${i ? paths[tree.parent[i]] : ""}${one.toLowerCase()}`.slice(-4 * LONGEST)));
      hits = [...paths.keys()].filter((i) => i && paths[i].includes(text));
    }
    draw();
    list();
  });
  for (const button of document.querySelectorAll("[data-map]")) {
    button.addEventListener("click", () => {
      name = button.dataset.map;
      [tree, top, hits] = [trees[name], 0, null];
      $("find").value = "";
      for (const other of document.querySelectorAll("[data-map]")) other.setAttribute("aria-pressed", String(other === button));
      for (const note of document.querySelectorAll("[data-note]")) note.hidden = note.dataset.note !== name;
      legend();
      render();
    });
  }
  let drawnAt = 0;
  new ResizeObserver(() => {
    if (map.clientWidth && Math.abs(map.clientWidth - drawnAt) > 8) {
      drawnAt = map.clientWidth;
      draw();
    }
  }).observe(map);
  legend();
  render();
  drawnAt = map.clientWidth;
})();
