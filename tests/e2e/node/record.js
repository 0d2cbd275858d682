// record.js HAR CHROMIUM: performs the steps given on standard input in a browser without a window, and writes what it recorded to HAR.
"use strict";

const { chromium } = require("playwright-core");
const { readFileSync } = require("fs");

async function perform(page, [what, url, options]) {
  if (what === "goto") {
    await page.goto(url);
  } else if (what === "fetch") {
    // A refused request fails in the page; that is what is being recorded.
    await page.evaluate(([target, init]) => fetch(target, init).then((r) => r.text()).catch((e) => String(e)), [url, options || {}]);
  } else {
    throw new Error(`no step ${what}`);
  }
}

(async () => {
  const [har, executablePath] = process.argv.slice(2);
  const steps = JSON.parse(readFileSync(0, "utf8"));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"], timeout: 180000 });
  try {
    const context = await browser.newContext({ recordHar: { path: har } });
    const page = await context.newPage();
    for (const step of steps) await perform(page, step);
    await context.close();
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
