// browse.js CHROMIUM: performs the steps of {"credentials": {username, password} or null, "steps": […]}, given on standard input, in one
// context of a browser without a window, and writes [status, body] of each as JSON. A step is ["goto", URL], ["fetch", URL, options]
// or ["wait", ms]. fetch runs in the page, so that its URL has the page's origin.
"use strict";

const { chromium } = require("playwright-core");
const { readFileSync } = require("fs");

async function perform(page, [what, url, options]) {
  if (what === "goto") {
    const response = await page.goto(url);
    return [response.status(), await response.text()];
  }
  if (what === "fetch") {
    return page.evaluate(([target, init]) => fetch(target, init).then(async (r) => [r.status, await r.text()]), [url, options || {}]);
  }
  if (what === "wait") return page.waitForTimeout(url);
  throw new Error(`no step ${what}`);
}

(async () => {
  const { credentials, steps } = JSON.parse(readFileSync(0, "utf8"));
  const browser = await chromium.launch({ executablePath: process.argv[2], args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"], timeout: 180000 });
  try {
    const context = await browser.newContext(credentials ? { httpCredentials: credentials } : {});
    const page = await context.newPage();
    const seen = [];
    for (const step of steps) seen.push(await perform(page, step));
    console.log(JSON.stringify(seen));
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
