"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const reason = document.getElementById("reason");
const find = document.getElementById("find");
const folded = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const searched = data.students.map(([name, id]) => folded(name + " " + id));
const number = value => String(Math.round(value * 100) / 100);
let visible = null; // the students that are shown; null for all

// Text of students is only ever set as text, never as HTML.
function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// a sentence, with the text between two backticks as code
function sentence(text) {
  const line = make("p"), pieces = text.split("`");
  if (pieces.length % 2 === 0) pieces.splice(-2, 2, pieces.slice(-2).join("`"));
  pieces.forEach((piece, k) => line.append(k % 2 ? make("code", piece) : piece));
  return line;
}

function named(cell, student) {
  const [name, id] = data.students[student];
  cell.append(make("b", name));
  if (name !== id) cell.append(" ", make("span", id, { class: "id" }));
  return cell;
}

function step(share) {
  return "s" + (share > 1 - 1e-9 ? 20 : Math.max(0, Math.min(19, Math.floor(share * 20))));
}

// ---- the table of a notebook's exercises, drawn when it is opened ----

function draw(notebook, box) {
  const table = make("table", undefined, { class: "exercises", role: "grid", "aria-label": "Scores of " + notebook.name + ": students by exercises" });
  const head = table.createTHead().insertRow();
  const heading = (text, points) => {
    const th = make("th", undefined, { scope: "col" }), button = make("button", undefined, { type: "button" });
    text.split(/(?<=_)/).forEach(part => button.append(part, make("wbr")));
    if (points !== undefined) button.append(make("span", number(points)));
    th.append(button);
    head.append(th);
    return th;
  };
  const first = heading("student");
  first.className = "who";
  first.setAttribute("aria-sort", "ascending");
  heading("score");
  for (const [name, points] of notebook.exercises) heading(name, points);
  const body = table.createTBody();
  for (const row of [...notebook.rows].sort((a, b) => a[0] - b[0])) {
    const tr = body.insertRow();
    tr.dataset.s = row[0];
    tr.append(named(make("th", undefined, { scope: "row", class: "who" }), row[0]));
    const total = tr.insertCell();
    total.textContent = row[1] === null ? "to mark" : number(row[1]);
    if (row[1] !== null) total.dataset.v = row[1];
    const about = row[3].map(place => data.texts[place]);
    if (about.some(text => text.startsWith("late "))) total.append(make("small", "late"));
    if (about.some(text => text.startsWith("provisional"))) total.append(make("small", "provisional"));
    total.dataset.c = -2;
    row[5].forEach((square, k) => {
      const td = tr.insertCell();
      td.dataset.c = k;
      if (!square) return td.className = "none";
      const [status, score] = square, word = data.texts[status], points = notebook.exercises[k][1];
      td.textContent = score === null ? "to mark" : word === "not attempted" ? "–" : number(score);
      td.className = score === null ? "open" : word === "not attempted" ? "untried" : step(points ? score / points : 0);
      if (score !== null) td.dataset.v = score;
      if (["crashed", "timed out", "out of memory", "unreadable", "missing", "could not be graded"].includes(word)) td.classList.add("odd");
    });
  }
  box.append(table);
  use(table, (row, column) => ofExercise(notebook, row, column));
  filterRows(table);
}

// ---- reasons ----

function ofExercise(notebook, student, column) {
  const row = notebook.rows.find(each => each[0] === student);
  if (column === -2) return ofNotebook(notebook, student);
  const square = row[5][column], [name, points] = notebook.exercises[column];
  if (!square) return [make("b", name), sentence("not in this submission")];
  const [status, score, why] = square.map((value, k) => k === 1 ? value : data.texts[value]);
  const marks = score === null ? `to mark, of ${number(points)} points` : `${status}, ${number(score)} of ${number(points)}`;
  return [heading(student, name), sentence(marks), ...why.split("\n").filter(Boolean).map(sentence), ...linked(row[4])];
}

function ofNotebook(notebook, student) {
  const row = notebook.rows.find(each => each[0] === student);
  if (!row) return [heading(student, notebook.name), sentence("not handed in")];
  const lost = row[5].map((square, k) => [square, ...notebook.exercises[k]]).filter(([square, , points]) => square && square[1] !== null && square[1] < points - 1e-9);
  const marks = row[1] === null ? `to mark, of ${row[2]} points` : `${number(row[1])} of ${row[2]} points`;
  const lines = [heading(student, notebook.name), sentence(marks), ...row[3].map(place => sentence(data.texts[place]))];
  if (lost.length) {
    const list = make("ul");
    for (const [square, name, points] of lost) {
      const item = make("li");
      const why = data.texts[square[2]].split("\n").pop() || data.texts[square[0]];
      item.append(make("code", name), ` ${number(square[1])} of ${number(points)}: `, ...sentence(why).childNodes);
      list.append(item);
    }
    lines.push(list);
  }
  return [...lines, ...linked(row[4])];
}

function ofClass(student, column) {
  if (column >= 0) return ofNotebook(data.notebooks[column], student);
  const list = make("ul");
  for (const notebook of data.notebooks) {
    const row = notebook.rows.find(each => each[0] === student);
    if (!row) continue;
    const marks = row[1] === null ? "to mark" : number(row[1]);
    const said = row[3].map(place => data.texts[place]).filter(Boolean).join("; ");
    list.append(make("li", `${notebook.name}: ${marks} of ${row[2]}${said ? "; " + said : ""}`));
  }
  return [heading(student, "total"), list];
}

function heading(student, what) {
  const line = make("p"), [name] = data.students[student];
  line.append(make("b", name), " · ", make("code", what));
  return line;
}

function linked(address) {
  if (!address) return [];
  const line = make("p");
  line.append(make("a", "the student’s page", { href: address }));
  return [line];
}

let opened = null; // the square whose reason is shown

function open(cell, lines) {
  opened = cell;
  reason.replaceChildren(...lines);
  reason.hidden = false;
  const at = cell.getBoundingClientRect(), box = reason.getBoundingClientRect();
  const below = at.bottom + 6 + box.height < innerHeight, left = Math.min(at.left, innerWidth - box.width - 8);
  reason.style.left = Math.max(8, left) + "px";
  reason.style.top = Math.max(8, below ? at.bottom + 6 : at.top - box.height - 6) + "px";
}

function close() {
  reason.hidden = true;
  opened = null;
}

// ---- a table: one tab stop, arrow keys, reasons, sorting ----

function use(table, linesFor) {
  const body = table.tBodies[table.tBodies.length - 1];
  const rows = () => [...body.rows].filter(row => !row.hidden);
  for (const td of body.querySelectorAll("td")) td.tabIndex = -1;
  const enter = () => {
    if (!body.querySelector('td[tabindex="0"]')) rows()[0]?.cells[1]?.setAttribute("tabindex", "0");
  };
  enter();
  table.enter = enter;
  const go = cell => {
    if (!cell || cell.tagName !== "TD") return;
    for (const other of body.querySelectorAll('td[tabindex="0"]')) other.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus();
  };
  body.addEventListener("focusin", event => {
    const cell = event.target.closest("td");
    if (cell) open(cell, linesFor(Number(cell.parentNode.dataset.s), Number(cell.dataset.c)));
  });
  body.addEventListener("focusout", event => {
    if (!reason.contains(event.relatedTarget)) close();
  });
  body.addEventListener("click", event => go(event.target.closest("td")));
  body.addEventListener("keydown", event => {
    const cell = event.target.closest("td");
    if (!cell) return;
    const shown = rows(), row = shown.indexOf(cell.parentNode), column = cell.cellIndex, last = cell.parentNode.cells.length - 1;
    const move = { ArrowRight: [row, Math.min(last, column + 1)], ArrowLeft: [row, Math.max(1, column - 1)], ArrowDown: [row + 1, column], ArrowUp: [row - 1, column],
      Home: [event.ctrlKey ? 0 : row, 1], End: [event.ctrlKey ? shown.length - 1 : row, last], PageDown: [Math.min(shown.length - 1, row + 10), column], PageUp: [Math.max(0, row - 10), column] }[event.key];
    if (move) go(shown[move[0]]?.cells[move[1]]);
    else if (event.key === "Enter") reason.querySelector("a")?.focus();
    else if (event.key !== "Escape") return;
    else close();
    event.preventDefault();
  });
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((th, column) => th.querySelector("button").addEventListener("click", () => {
    const upward = th.getAttribute("aria-sort") ? th.getAttribute("aria-sort") !== "ascending" : column === 0;
    headings.forEach(other => other.removeAttribute("aria-sort"));
    th.setAttribute("aria-sort", upward ? "ascending" : "descending");
    const key = row => column ? Number(row.cells[column].dataset.v ?? NaN) : Number(row.dataset.s);
    const pairs = [...body.rows].map(row => [key(row), Number(row.dataset.s), row]);
    // a square without a score comes last, whichever way the column is sorted
    pairs.sort((a, b) => isNaN(a[0]) - isNaN(b[0]) || (upward ? a[0] - b[0] : b[0] - a[0]) || a[1] - b[1]);
    body.append(...pairs.map(pair => pair[2]));
    close();
  }));
}

reason.addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  const cell = opened;
  close();
  cell?.focus();
  close();
});
reason.addEventListener("focusout", event => {
  if (!reason.contains(event.relatedTarget) && event.relatedTarget !== opened) close();
});
addEventListener("scroll", event => {
  if (event.target !== reason && opened) {
    const at = opened.getBoundingClientRect();
    if (at.bottom < 0 || at.top > innerHeight) close();
    else open(opened, [...reason.childNodes]);
  }
}, { capture: true, passive: true });

// ---- finding a student ----

const isVisible = student => visible === null || visible.has(student);

// the students of a mistake, a group of answers, or an answer to mark
function listed(block) {
  const list = block.querySelector("[data-who]");
  if (list) return list.dataset.who.split(" ").filter(Boolean).map(Number);
  return [...block.querySelectorAll("li[data-s]")].map(item => Number(item.dataset.s));
}

function fill(details) {
  const list = details.querySelector("ul");
  if (list.firstChild) return;
  for (const student of listed(details.parentNode)) {
    const item = named(make("li", undefined, { "data-s": student }), student);
    item.hidden = !isVisible(student);
    list.append(item);
  }
}

// what is collapsed at first waits in a template, which the browser does not lay out
function unpack(details) {
  const template = details.querySelector("template");
  if (!template) return;
  template.replaceWith(template.content);
  prepare(details);
}

function prepare(root) {
  for (const details of root.querySelectorAll("details.who")) details.addEventListener("toggle", () => fill(details));
  for (const button of root.querySelectorAll(".copy")) button.addEventListener("click", () => copy(button));
}

function filterRows(table) {
  for (const row of table.tBodies[table.tBodies.length - 1].rows) row.hidden = !isVisible(Number(row.dataset.s));
  table.enter?.();
}

function filter() {
  const words = folded(find.value).split(/\s+/).filter(Boolean);
  visible = words.length ? new Set([...searched.keys()].filter(k => words.every(word => searched[k].includes(word)))) : null;
  if (visible !== null) document.querySelectorAll("details.more").forEach(unpack);
  for (const table of document.querySelectorAll("table")) filterRows(table);
  for (const item of document.querySelectorAll("li[data-s]")) item.hidden = !isVisible(Number(item.dataset.s));
  for (const block of document.querySelectorAll("[data-list]")) {
    const students = listed(block), shown = block.querySelector(".n"), count = students.filter(isVisible).length;
    block.hidden = !count;
    shown.textContent = count === students.length ? count : `${count} of ${students.length}`;
  }
  const counted = visible === null ? "" : `${visible.size} of ${searched.length} student${searched.length === 1 ? "" : "s"}`;
  document.getElementById("shown").textContent = counted;
  close();
}

find.addEventListener("input", filter);

async function copy(button) {
  const block = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(block.textContent);
  } catch { // not every browser lets a page from a file write to the clipboard
    getSelection().selectAllChildren(block);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
}

prepare(document);
for (const details of document.querySelectorAll("details.more")) details.addEventListener("toggle", () => unpack(details));
for (const table of document.querySelectorAll(".map")) use(table, ofClass);
for (const details of document.querySelectorAll("details.notebook")) {
  const box = details.querySelector(".scroll");
  const show = () => details.open && !box.firstChild && draw(data.notebooks[details.dataset.n], box);
  details.addEventListener("toggle", show);
  show();
}
