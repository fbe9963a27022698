// Reports of HTML as a browser, a parser and an accessibility checker see them.
//
// Standard input: {folder, browser, many, hostile, screenshots}. Prints a line for what holds. Into the folder that
// `screenshots` names go those of docs/guide.md.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { parse } from "parse5";
import { chromium } from "playwright-core";

const input = JSON.parse(readFileSync(0, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = readdirSync(input.folder).filter(name => name.endsWith(".html") && name !== "cut.html").sort();
const urlOf = (name, hash = "") => pathToFileURL(join(input.folder, name)).href + hash;
const held = words => console.log(words);

const programOf = name => execFileSync("which", [name], { encoding: "utf8" }).trim();
const browser = await chromium.launch({ executablePath: programOf(input.browser), args: ["--no-sandbox"] });

/** A tab that remembers what it must not do. */
async function open(name, { width = 1200, height = 900, scheme = "light", hash = "", ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: scheme, locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce", ...options,
  });
  // A machine may have much to do.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const wrong = [];
  page.on("console", message => wrong.push(message.text()));
  page.on("pageerror", error => wrong.push(String(error)));
  page.on("dialog", dialog => { wrong.push("a dialog"); dialog.dismiss(); });
  page.on("request", request => { if (!request.url().startsWith(urlOf(name))) wrong.push(request.url()); });
  await page.goto(urlOf(name, hash));
  return { page, wrong, close: () => context.close() };
}

const rowsOf = page => page.locator("tbody tr").count();
const column = (page, at) => page.locator(`tbody tr td:nth-child(${at})`).allTextContents();
/** A link and a step back change the address first, and the page a moment later: it has a minute to say what is expected. */
async function says(page, expected) {
  const status = page.locator("#state [role=status]");
  const isSo = text => expected instanceof RegExp ? expected.test(text) : text === expected;
  for (const end = Date.now() + 60_000; Date.now() < end && !isSo(await status.textContent());) await page.waitForTimeout(50);
  const text = await status.textContent();
  if (expected instanceof RegExp) assert.match(text, expected);
  else assert.equal(text, expected);
}
const sort = (page, name) => page.locator("th button", { hasText: new RegExp(`^${name}$`) }).click();

function elements(node, found = []) {
  if (node.tagName) found.push(node);
  for (const child of node.childNodes ?? []) elements(child, found);
  return found;
}

// ---- As a parser reads them
for (const name of pages) {
  const errors = [];
  const document = parse(readFileSync(join(input.folder, name), "utf8"), { onParseError: error => errors.push(error) });
  assert.deepEqual(errors, [], name);
  const all = elements(document);
  const attribute = (element, wanted) => element.attrs.find(({ name }) => name === wanted)?.value;
  // One script that runs, and nothing that could fetch or run anything else.
  assert.equal(all.filter(({ tagName }) => tagName === "script").filter(element => !attribute(element, "type")).length, 1, name);
  assert.ok(all.every(({ tagName }) => !["img", "link", "iframe", "object", "embed", "base"].includes(tagName)), name);
  assert.ok(all.every(({ attrs }) => attrs.every(({ name }) => !name.startsWith("on") && name !== "src" && name !== "style")), name);
  assert.ok(all.every(element => (attribute(element, "href") ?? "#").startsWith("#")), name);
}
held("every page parses without an error");

// ---- As a person sees them
const violations = [];
for (const name of pages) {
  // The colours are the same on every page.
  const others = name === "report.html" ? [[1200, "dark"], [390, "light"]] : [];
  for (const [width, scheme] of [[1200, "light"], [390, "dark"], ...others]) {
    const { page, wrong, close } = await open(name, { width, scheme });
    const [taken, given] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.equal(taken, given, `${name} at ${width} is ${taken} wide`);
    assert.ok(await page.locator(".unfinished").isHidden(), name);
    await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
    violations.push(...found.violations.map(({ id, nodes }) => `${name} ${width} ${scheme} ${id}: ${nodes[0].html} ${nodes[0].failureSummary}`));
    assert.deepEqual(wrong, [], name);
    await close();
  }
}
held("every page fits 1200 and 390 pixels, in light and dark");
assert.deepEqual(violations, []);
held("axe finds nothing");

{
  const { page, wrong, close } = await open("hostile.html");
  const texts = await column(page, 1);
  assert.equal(texts.length, input.hostile.length);
  const seen = text => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\ufffe]/g, "\ufffd");
  assert.deepEqual(texts, input.hostile.map(seen));
  assert.equal(await page.locator("h1").textContent(), input.hostile[0]);
  assert.equal(await page.evaluate(() => document.hacked), undefined);
  for (const bar of await page.locator(".chart a").all()) {
    await bar.click();
    assert.ok(await rowsOf(page) > 0, await bar.textContent());
  }
  // Neither may what a page lets in afterwards.
  await page.evaluate(() => {
    document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='document.hacked = 1'><div onclick='document.hacked = 1' id=trap>x</div>");
    const script = document.createElement("script");
    script.textContent = "document.hacked = 1";
    document.body.append(script);
    document.getElementById("trap").click();
  });
  assert.equal(await page.evaluate(() => document.hacked), undefined);
  assert.ok(wrong.every(words => words.includes("Content Security Policy") || words.endsWith("/x")), wrong.join("\n"));
  assert.ok(wrong.length >= 3);
  await close();
}
held("nothing is fetched and nothing of a mailbox runs");

// ---- 100,000 rows
{
  const { page, wrong, close } = await open("many.html");
  assert.equal(await rowsOf(page), 50);
  await says(page, "Rows 1 to 50 of 100,000");
  const button = name => page.locator("#pages button", { hasText: name });
  assert.ok(await button("Previous").isDisabled());
  await button("Next").click();
  await says(page, "Rows 51 to 100 of 100,000");
  await button("Last").click();
  assert.equal((await column(page, 1)).at(-1), `user.${input.many - 1}@contoso.com`);
  assert.ok(await button("Next").isDisabled());
  await page.selectOption("#size", "500");
  assert.equal(await rowsOf(page), 500);
  await says(page, "Rows 1 to 500 of 100,000");
  assert.equal(await page.evaluate(() => document.querySelectorAll("script.rows").length), 0);
  held("100,000 rows are a page of rows at a time");

  await page.selectOption("#size", "50");
  await page.fill("#search", "tokyo USER.4000@");
  await says(page, "Rows 1 to 1 of 1, of 100,000 in all");
  await page.fill("#search", "no such words");
  await says(page, "No rows, of 100,000 in all");
  await page.fill("#search", "");
  await page.selectOption("#outcome", "Failed");
  await says(page, "Rows 1 to 50 of 100, of 100,000 in all");
  await page.click("#all");
  await says(page, "Rows 1 to 50 of 100,000");
  await page.click(".tiles .bad a");
  await says(page, "Rows 1 to 50 of 100, of 100,000 in all");
  await page.click(".chart a:text('Tokyo Standard Time')");
  await says(page, /^Rows 1 to 50 of 33,[0-9]{3}, of 100,000 in all: TimeZone is Tokyo Standard Time$/);
  await page.goBack();
  await says(page, "Rows 1 to 50 of 100, of 100,000 in all");
  await page.click(".chart.causes a");
  await says(page, "Rows 1 to 50 of 100, of 100,000 in all: failed by NotFound");
  await page.click("#all");
  const linked = await open("many.html", { hash: "#failed" });
  await says(linked.page, "Rows 1 to 50 of 100, of 100,000 in all");
  assert.equal(await linked.page.locator("#outcome").inputValue(), "Failed");
  await linked.close();
  held("rows are found by words, outcome and link");

  const sorted = page.locator("th[aria-sort]");
  await sort(page, "Items");
  assert.equal(await sorted.getAttribute("aria-sort"), "ascending");
  const items = (await column(page, 3)).map(Number);
  assert.deepEqual(items, [...items].sort((one, other) => one - other));
  assert.equal(items[0], 0);
  await sort(page, "Items");
  assert.equal(await sorted.getAttribute("aria-sort"), "descending");
  assert.ok(Number((await column(page, 3))[0]) > 99_900);
  await button("Last").click();
  assert.match((await column(page, 2)).at(-1), /^NotFound/, "what has no value comes last, either way");
  await sort(page, "Items");
  assert.equal(await sorted.count(), 0);
  await sort(page, "Since");
  assert.equal((await column(page, 4))[0], "2010-01-01T00:00:00Z");
  await sort(page, "MailboxName");
  assert.deepEqual((await column(page, 1)).slice(0, 12), Array.from({ length: 12 }, (_, at) => `user.${at}@contoso.com`));
  await sort(page, "TimeZone");
  const equal = (await column(page, 1)).map(name => Number(name.match(/\d+/)[0]));
  assert.deepEqual(equal, [...equal].sort((one, other) => one - other));
  assert.deepEqual(wrong, []);
  await close();
  held("rows are sorted as numbers, dates and words, and stay in order where they are equal");
}

{
  const { page, close } = await open("report.html", { hash: "#failed" });
  const failures = await column(page, 2);
  assert.ok(failures.length > 10);
  assert.ok(failures.every(text => /^[A-Z]\w+reading the mailbox settings of /.test(text)), failures[0]);
  assert.equal(await page.locator(".tiles .bad dd").textContent(), String(failures.length));
  const changes = await open("changes.html");
  await changes.page.click(".chart a:text('WouldChange')");
  assert.ok((await column(changes.page, 3)).every(text => text.includes(" \u2192 ")));
  await says(changes.page, /Outcome is WouldChange$/);
  await changes.page.click(".chart a:text('timeZone')");
  await says(changes.page, /Changes is timeZone$/);
  assert.ok((await column(changes.page, 3)).every(text => text.includes("timeZone: ")));
  // A mailbox that failed has its row where its request gave none.
  const requests = await open("requests.html", { hash: "#failed" });
  assert.ok(await rowsOf(requests.page) > 0);
  const compared = await open("compared.html", { hash: "#column=Change&value=Removed" });
  assert.equal(await rowsOf(compared.page), 10);
  await Promise.all([close(), changes.close(), requests.close(), compared.close()]);
  held("a failure says why");
}

{
  const { page, wrong, close } = await open("report.html", { width: 390, javaScriptEnabled: false });
  const text = await page.locator("body").innerText();
  for (const words of ["Mailbox settings", "Tenant", "Automatic replies", "Failures by cause", "The sums above are complete."]) {
    assert.ok(text.includes(words), `${words}: ${text}`);
  }
  assert.ok(await page.locator("#controls").isHidden() && await page.locator("table").isHidden());
  assert.deepEqual(wrong, []);
  await close();
  held("sums are seen without a script");
}

{
  const { page, close } = await open("many.html");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await rowsOf(page), 1000);
  await says(page, "Rows 1 to 1,000 of 100,000");
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await rowsOf(page), 50);
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator("#controls").isHidden() && await page.locator("#pages").isHidden());
  await close();
  held("paper has the rows");
}

{
  const wide = await open("wide.html");
  // A table that is wider than the page moves in a frame of its own.
  assert.equal(await wide.page.locator("#scroll").getAttribute("tabindex"), "0");
  await wide.close();

  const { page, close } = await open("report.html");
  const reached = new Set();
  for (let step = 0; step < 100; step += 1) {
    await page.keyboard.press("Tab");
    const [name, outline] = await page.evaluate(() => {
      const at = document.activeElement;
      return [at === document.body ? "" : at.id || at.textContent, getComputedStyle(at).outlineStyle];
    });
    if (name === "") break;
    assert.notEqual(outline, "none", `the focus on ${name} is seen`);
    reached.add(name);
  }
  for (const name of ["search", "outcome", "size", "MailboxName", "NotFound", "Next"]) assert.ok(reached.has(name), `${name} of ${[...reached]}`);
  await page.locator("th button", { hasText: /^TimeZone$/ }).press("Enter");
  assert.equal(await page.locator("th[aria-sort]").textContent(), "TimeZone");
  await close();
  held("a keyboard reaches everything");
}

{
  const { page, close } = await open("cut.html");
  assert.ok(await page.locator(".unfinished").isVisible());
  assert.match(await page.locator("body").innerText(), /^This report is still loading\. If these words stay, the file is cut off/);
  await close();
  held("a page that was cut says so");
}

if (input.screenshots) {
  const views = [["report.png", { height: 1050 }], ["report-phone.png", { width: 390, height: 844, scheme: "dark", hash: "#failed" }]];
  for (const [file, view] of views) {
    const { page, close } = await open("report.html", view);
    await page.waitForFunction(() => location.hash === "" || document.getElementById("table").getBoundingClientRect().top < 20);
    await page.screenshot({ path: join(input.screenshots, file) });
    await close();
  }
}
await browser.close();
