// drive.js CHROMIUM [SWITCH…]: one browser without a window, driven from standard input for as long as that is open. Each line is
// {"page": number, "what": name, "with": […]}; its answer is a line {"value"} or {"error"}. "open" makes a page in a context of its own.
"use strict";

const { chromium } = require("playwright-core");
const { createInterface } = require("readline");

const pages = [];

// What a navigation ended in, and the URLs that it was redirected from.
async function told(response) {
  if (!response) return null;
  const from = [];
  for (let r = response.request().redirectedFrom(); r; r = r.redirectedFrom()) from.unshift(r.url());
  const fields = (await response.headersArray()).map(({ name, value }) => [name.toLowerCase(), value]);
  return { status: response.status(), url: response.url(), from, fields };
}

// In the page. An opaque answer has status 0, and what the browser refuses to the script is an error.
function asked([target, init]) {
  return fetch(target, init).then(
    async (r) => ({ status: r.status, url: r.url, redirected: r.redirected, type: r.type, fields: [...r.headers], text: await r.text() }),
    (e) => ({ error: String(e) }),
  );
}

// Nothing where the browser stays: after a 204, or what a policy of the page blocks.
const stayed = (error) => {
  if (!/ERR_ABORTED/.test(String(error))) throw error;
  return null;
};

async function leaving(page, act) {
  const [response] = await Promise.all([page.waitForNavigation().catch(stayed), act()]);
  return told(response);
}

// By the page itself: what Playwright waits for does not happen where the browser has kept the page whole.
async function back(page, count) {
  const before = page.url();
  await page.evaluate(`history.go(${-count})`);
  for (let waited = 0; page.url() === before; waited += 50) {
    if (waited > 20000) throw new Error("still there");
    await page.waitForTimeout(50);
  }
  await page.waitForFunction("document.readyState === 'complete'");
}

const actions = {
  goto: async (page, url) => told(await page.goto(url)),
  back,
  reload: async (page) => told(await page.reload()),
  click: (page, selector) => leaving(page, () => page.click(selector)),
  press: (page, selector, key) => leaving(page, () => page.press(selector, key)),
  leave: (page, code) => leaving(page, () => page.evaluate(code)),
  fill: (page, selector, text) => page.fill(selector, text),
  evaluate: (page, code) => page.evaluate(code),
  fetch: (page, target, init) => page.evaluate(asked, [target, init || {}]),
  cookies: (page) => page.context().cookies(),
  forget: (page) => page.context().clearCookies().then(() => page.goto("about:blank")).then(() => null),
  text: (page) => page.innerText("body"),
  url: (page) => page.url(),
  wait: (page, ms) => page.waitForTimeout(ms),
  screenshot: (page, path) => page.screenshot({ path }).then(() => null),
  close: (page) => page.context().close(),
};

async function perform(browser, { page, what, with: words }) {
  if (what === "open") {
    const context = await browser.newContext(words[0]);
    context.setDefaultTimeout(20000);
    return pages.push(await context.newPage()) - 1;
  }
  if (!actions[what]) throw new Error(`no action ${what}`);
  return actions[what](pages[page], ...words);
}

(async () => {
  const [executablePath, ...switches] = process.argv.slice(2);
  const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server", ...switches];
  // As users have it: with pages kept whole for the Back button.
  const browser = await chromium.launch({ executablePath, args, ignoreDefaultArgs: ["--disable-back-forward-cache"], timeout: 180000 });
  try {
    for await (const line of createInterface({ input: process.stdin })) {
      const answer = await perform(browser, JSON.parse(line)).then((value) => ({ value: value === undefined ? null : value }), (e) => ({ error: String(e) }));
      console.log(JSON.stringify(answer));
    }
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
